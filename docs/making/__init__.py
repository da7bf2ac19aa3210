"""Makes what docs/ and conf/schema.json have from the code: `make gallery`."""
