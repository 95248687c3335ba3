import Glibc
import TestSupport
import Testing

@testable import StreamRelay

@Suite(.outsideProcess) struct ChildProcessTests {
    private func shell(_ script: String) throws -> ChildProcess {
        try ChildProcess(executable: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin", "ONLY": "this"])
    }

    /// Waits until the child has ended, at most a minute.
    private func waitForEnd(_ child: borrowing ChildProcess) -> Bool {
        var ending = pollfd(fd: child.ending, events: Int16(POLLIN), revents: 0)
        return poll(&ending, 1, 60_000) == 1
    }

    private func text(of descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    }

    @Test func `both pipes of a child are read and its status is reported`() throws {
        var child = try shell("echo out; echo err >&2; exit 7")
        let hasEnded = waitForEnd(child)
        #expect(hasEnded)
        let output = text(of: child.output)
        #expect(output == "out\n")
        let errors = text(of: child.errors)
        #expect(errors == "err\n")
        let code = child.reap()
        #expect(code == 7)
    }

    @Test func `a child hears its stdin, and its end`() throws {
        var child = try shell("read line; echo \"heard $line\"; cat > /dev/null; echo end")
        let written = write(child.input, "you\n", 4)
        #expect(written == 4)
        child.closeInput()
        let hasEnded = waitForEnd(child)
        #expect(hasEnded)
        let output = text(of: child.output)
        #expect(output == "heard you\nend\n")
        let code = child.reap()
        #expect(code == 0)
    }

    @Test func `a child inherits no descriptor but its three, and only the environment it is given`() throws {
        let mine = open("/dev/null", O_RDONLY)
        defer { close(mine) }
        var child = try shell("ls /proc/self/fd | tr '\\n' ' '; env | grep -v -e PWD -e SHLVL -e '^_=' -e PATH")
        let hasEnded = waitForEnd(child)
        #expect(hasEnded)
        // ls itself opens the fourth
        let output = text(of: child.output)
        #expect(output == "0 1 2 3 ONLY=this\n")
        let code = child.reap()
        #expect(code == 0)
    }

    @Test func `a child leads a process group of its own`() throws {
        var child = try shell("sleep 60")
        let (pid, group) = (child.pid, getpgid(child.pid))
        #expect(group == pid)
        child.kill()
        let hasEnded = waitForEnd(child)
        #expect(hasEnded)
        let code = child.reap()
        #expect(code == -SIGKILL)
    }

    @Test func `a stopped child is killed like any other`() throws {
        var child = try shell("kill -STOP $$; sleep 60")
        child.kill()
        let hasEnded = waitForEnd(child)
        #expect(hasEnded)
        let code = child.reap()
        #expect(code == -SIGKILL)
    }

    /// The pipe's end comes when the last process that holds it has ended.
    private func waitForEndOfOutput(_ child: borrowing ChildProcess) -> Bool {
        var output = pollfd(fd: child.output, events: 0, revents: 0)
        return poll(&output, 1, 60_000) == 1 && output.revents & Int16(POLLHUP) != 0
    }

    @Test(arguments: ["echo $!; wait", "echo $!; exit 3"]) func `what a child started ends with it`(then: String) throws {
        var child = try shell("sleep 600 & \(then)")
        var started = pollfd(fd: child.output, events: Int16(POLLIN), revents: 0)
        let hasStarted = poll(&started, 1, 60_000) == 1
        #expect(hasStarted)
        if then.hasSuffix("wait") { child.kill() }
        let hasEnded = waitForEnd(child)
        #expect(hasEnded)
        let code = child.reap()
        #expect(code == (then.hasSuffix("wait") ? -SIGKILL : 3))
        let nobodyHoldsThePipe = waitForEndOfOutput(child)
        #expect(nobodyHoldsThePipe)
    }

    @Test func `letting go of a child ends it and leaves no zombie`() throws {
        let pid = try { () throws -> Int32 in
            let child = try shell("sleep 60")
            return child.pid
        }()
        #expect(kill(pid, 0) == -1 && errno == ESRCH)
    }

    @Test func `an executable that is not there is named`() {
        #expect(throws: ChildProcess.Fault(description: "could not start /nowhere/plenary: No such file or directory")) {
            _ = try ChildProcess(executable: "/nowhere/plenary", arguments: [], environment: [:])
        }
    }
}
