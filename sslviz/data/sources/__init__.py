"""Where pictures come from: drawn, with scikit-learn, downloaded, or one's own files; and the cache of decoded ones."""
