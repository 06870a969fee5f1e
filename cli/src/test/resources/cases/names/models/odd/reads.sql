SELECT count(*) AS "count" FROM odd."group" JOIN odd."my table" USING ("order")
