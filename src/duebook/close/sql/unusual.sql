-- What an auditor looks at one by one: credit notes after {as_of} that take back an invoice of the period, credit notes
-- after it that name none, write-offs of the period, journals of the period without a counter-entry.
CREATE OR REPLACE TABLE unusual AS
WITH taken_back AS (
    SELECT
        'reversed' AS item, s.no, s.file, s.line, s.customer_id, s.kind, s.document_id, s.document_date, s.currency,
        -sum(l.amount) AS amount, t.document_id AS other_document, t.document_date AS other_date
    FROM link AS l
    INNER JOIN doc AS s ON l.source = s.no
    INNER JOIN doc AS t ON l.target = t.no
    WHERE s.kind = 'credit_note' AND s.document_date > {as_of} AND s.document_date <= {to}
        AND t.document_date BETWEEN {first} AND {as_of}
    GROUP BY s.no, s.file, s.line, s.customer_id, s.kind, s.document_id, s.document_date, s.currency, t.document_id,
        t.document_date
),
credited AS (
    SELECT
        'credited' AS item, d.no, d.file, d.line, d.customer_id, d.kind, d.document_id, d.document_date, d.currency,
        d.amount, CAST(NULL AS VARCHAR) AS other_document, CAST(NULL AS DATE) AS other_date
    FROM doc AS d
    WHERE d.kind = 'credit_note' AND d.document_date > {as_of} AND d.document_date <= {to}
        AND d.no NOT IN (SELECT source FROM link WHERE source IS NOT NULL)
),
written_off AS (
    SELECT
        'written_off' AS item, d.no, d.file, d.line, d.customer_id, d.kind, d.document_id, d.document_date, d.currency,
        d.amount, t.document_id AS other_document, t.document_date AS other_date
    FROM doc AS d
    LEFT JOIN (SELECT source, min(target) AS target FROM link GROUP BY source) AS l ON d.no = l.source
    LEFT JOIN doc AS t ON l.target = t.no
    WHERE d.kind = 'write_off' AND d.document_date BETWEEN {first} AND {as_of}
),
journals AS (
    SELECT
        d.*,
        count(*) OVER (PARTITION BY customer_id, currency, abs(amount)) AS alike,
        sum(amount) OVER (PARTITION BY customer_id, currency, abs(amount)) AS net
    FROM doc AS d
    WHERE d.kind = 'journal' AND d.document_date BETWEEN {first} AND {as_of}
)
SELECT * FROM taken_back
UNION ALL
SELECT * FROM credited
UNION ALL
SELECT * FROM written_off
UNION ALL
SELECT
    'journal', no, file, line, customer_id, kind, document_id, document_date, currency, amount, CAST(NULL AS VARCHAR),
    CAST(NULL AS DATE)
FROM journals
WHERE net <> 0;
