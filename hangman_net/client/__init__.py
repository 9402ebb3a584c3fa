"""The terminal client: link, model, view and faces; it knows the wire and nothing of the server."""
