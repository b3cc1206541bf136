-- The comparison features whose term frequency the model uses.
SELECT {columns} FROM match_features
