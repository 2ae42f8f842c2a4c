[## The detector stands in parts/detector. ##]
