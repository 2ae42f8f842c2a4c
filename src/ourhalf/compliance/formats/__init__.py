"""The formats in which `ourhalf compliance report` tells what a framework asks, one file a format."""
