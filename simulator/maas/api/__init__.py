"""The API's handlers: one module an area, each with its resources in the route table."""
