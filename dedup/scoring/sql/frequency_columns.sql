-- The comparison features whose frequency the model asks for.
SELECT {columns} FROM match_features
