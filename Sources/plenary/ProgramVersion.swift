/// What `plenary version`, the API and the metrics say.
let programVersion = "0.1.0"
