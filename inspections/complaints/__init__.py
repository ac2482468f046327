"""«اعتراض»: an owner complains about a result or an expert, and somebody who had no part in it decides."""
