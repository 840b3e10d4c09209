"""What tests share: in-memory parts that implement the protocols, samples, a server on loopback."""
