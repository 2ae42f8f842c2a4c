[## The recorder stands in parts/recorder. ##]
