module coldcast/detector

go 1.24
