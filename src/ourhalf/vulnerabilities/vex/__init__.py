"""What others, and we, state of vulnerabilities in a product: VEX documents, read and written. One file a format."""
