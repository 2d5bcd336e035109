"""One library, one home: each module adapts one outside thing to a port."""
