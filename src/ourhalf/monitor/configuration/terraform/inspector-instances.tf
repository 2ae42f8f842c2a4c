[## What Inspector scans stands in parts/inspector. ##]
