import ArgumentParser

@main
struct Plenary: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "plenary", abstract: "The council hall's camera and votes, live.")
}
