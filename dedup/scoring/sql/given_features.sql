-- Comparison features from a frame.
CREATE OR REPLACE TEMP TABLE given_features AS SELECT * FROM incoming_features;
