"""OSCAL documents of a framework held against an assessment, and component definitions of others read.

The documents are plain dictionaries of ours. compliance-trestle, the one kept OSCAL library for Python, is not fit
to write them: what it creates gets random UUIDs and the time of the clock, and it brings 33 packages, paramiko and
cryptography among them, to write JSON of five shapes. The tests hold every document against NIST's schemas, and
read it back with trestle, to the value.
"""
