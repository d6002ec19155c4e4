"""The program's side: its process, and the gRPC services that it talks to."""
