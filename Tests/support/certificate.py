"""Certificates for daemons with TLS."""

import subprocess


def make_certificate(folder):
    """Writes `cert.pem` and `key.pem` for 127.0.0.1, or takes their place at once; returns the certificate."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", folder / "new-key.pem",
         "-out", folder / "new-cert.pem", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    (folder / "new-key.pem").rename(folder / "key.pem")
    (folder / "new-cert.pem").rename(folder / "cert.pem")
    return (folder / "cert.pem").read_text()


def tls(folder):
    """A daemon's settings with them."""
    return {"tls": {"certificate": str(folder / "cert.pem"), "key": str(folder / "key.pem")}}
