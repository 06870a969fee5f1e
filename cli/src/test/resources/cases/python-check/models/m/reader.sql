SELECT scor FROM m.good
