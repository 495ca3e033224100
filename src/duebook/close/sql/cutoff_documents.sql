-- The documents within {days} days on either side of {as_of}, and at least {count} of each class on each side (never more
-- than {most}, the nearest), with their place in the sequence of numbers: invoices with credit notes, and receipts.
--
-- A number is the last run of digits of a document number; what stands around it is its series. A year after it
-- (0004/2026) belongs to the series, and so do the year and month (and day) of the document that it begins with
-- (SK202610001). `missing_from` and `missing_to` are the numbers that no row of the ledger has between it and the next
-- lower one; documents of other kinds (a retention numbered as invoices are) and rows that were left out of the ledger
-- count as there. A series that has less than half of its numbers is `sparse`: it is not consecutive, or most of it
-- lies outside this ledger. `out_of_order`: it stands on the wrong side of a document with a higher or lower number.
CREATE OR REPLACE TABLE cutoff_documents AS
WITH classed AS (
    SELECT *, CASE WHEN kind IN ('invoice', 'credit_note') THEN 1 ELSE 2 END AS class FROM doc
    WHERE kind IN ('invoice', 'credit_note', 'payment', 'advance')
),
texts AS (
    SELECT DISTINCT c.class, d.document_id, d.document_date
    FROM doc AS d
    CROSS JOIN (VALUES (1), (2)) AS c (class)
    WHERE d.document_id IS NOT NULL
        AND CASE c.class WHEN 1 THEN d.kind NOT IN ('payment', 'advance')
                 ELSE d.kind NOT IN ('invoice', 'credit_note') END
    UNION
    SELECT c.class, l.document_id, NULL FROM left_rows AS l CROSS JOIN (VALUES (1), (2)) AS c (class)
    WHERE l.document_id IS NOT NULL
),
ended AS (
    SELECT
        *,
        regexp_extract(document_id, '([0-9]*)[/-][0-9]+$', 1) AS ahead,
        regexp_extract(document_id, '([/-][0-9]+)$', 1) AS ending,
        coalesce(document_date, {as_of}) AS day
    FROM texts
),
yearless AS (
    SELECT
        class, document_id, document_date,
        CASE WHEN ahead <> '' AND (
            substr(ending, 2) = strftime(day, '%Y')
            OR ending = strftime(day, '/%y') AND ahead <> strftime(day, '%Y')
        ) THEN ending ELSE '' END AS year
    FROM ended
),
split AS (
    SELECT
        class, document_id, document_date,
        regexp_extract(left(document_id, length(document_id) - length(year)), '^(.*?)([0-9]+)([^0-9]*)$', 1) AS lead,
        regexp_extract(left(document_id, length(document_id) - length(year)), '^(.*?)([0-9]+)([^0-9]*)$', 2) AS digits,
        regexp_extract(left(document_id, length(document_id) - length(year)), '^(.*?)([0-9]+)([^0-9]*)$', 3)
        || year AS behind
    FROM yearless
),
dated AS (
    SELECT
        *,
        CASE WHEN length(digits) > 9 AND left(digits, 8) = strftime(document_date, '%Y%m%d') THEN 8
             WHEN length(digits) > 7 AND left(digits, 6) = strftime(document_date, '%Y%m') THEN 6
             WHEN document_date IS NULL
                 AND regexp_full_match(digits, '20[0-9]{2}(0[1-9]|1[0-2])[0-9]{2,}') THEN 6
             ELSE 0 END AS day_digits
    FROM split
),
numbers AS (
    SELECT
        class, document_id, document_date, behind, length(digits) - day_digits AS wide,
        lead || left(digits, day_digits) AS before,
        TRY_CAST(substr(digits, day_digits + 1) AS HUGEINT) AS number
    FROM dated
),
known AS (
    SELECT
        *,
        lag(number) OVER (PARTITION BY class, before, behind ORDER BY number) AS previous,
        2 * count(*) OVER series < max(number) OVER series - min(number) OVER series + 1 AS sparse
    FROM (SELECT DISTINCT class, before, behind, number FROM numbers WHERE number IS NOT NULL)
    WINDOW series AS (PARTITION BY class, before, behind)
),
placed AS (
    SELECT
        *,
        document_date <= {as_of} AS before_close,
        row_number() OVER (
            PARTITION BY class, document_date <= {as_of}
            ORDER BY
                CASE WHEN document_date <= {as_of} THEN date_diff('day', document_date, {as_of})
                     ELSE date_diff('day', {as_of}, document_date) END,
                CASE WHEN document_date <= {as_of} THEN NULL ELSE document_id END,
                document_id DESC, no
        ) AS place
    FROM classed
),
near AS (
    SELECT * FROM placed
    WHERE place <= {most} AND (
        place <= {count} OR document_date > {as_of} - {days} AND document_date <= {as_of} + {days}
    )
),
sequenced AS (
    SELECT
        d.no, d.file, d.line, d.class, d.kind, d.before_close, d.document_id, d.document_date, d.customer_id,
        d.customer_name, d.currency, d.amount, n.before, n.behind, n.number, n.wide, k.previous, k.sparse
    FROM near AS d
    LEFT JOIN numbers AS n
        ON d.document_id = n.document_id AND d.class = n.class AND d.document_date = n.document_date
    LEFT JOIN known AS k
        ON k.class = n.class AND k.before = n.before AND k.behind = n.behind AND k.number = n.number
)
SELECT
    * EXCLUDE (previous),
    CASE WHEN number - previous > 1 THEN previous + 1 END AS missing_from,
    CASE WHEN number - previous > 1 THEN number - 1 END AS missing_to,
    number IS NOT NULL AND CASE WHEN before_close
        THEN number > min(CASE WHEN before_close THEN NULL ELSE number END) OVER series
        ELSE number < max(CASE WHEN before_close THEN number END) OVER series END AS out_of_order
FROM sequenced
WINDOW series AS (PARTITION BY class, before, behind);
