//! Logs through the reader: what is recognised, counted, refused, and that order changes nothing.
