"""What is wrong with a graph: one module per question, each a function from document to issues."""
