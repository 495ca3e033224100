-- Which document of the earlier close is which of the later one: `paired` (pair, old entry, new entry, one of them NULL
-- where there is no partner).
--
-- First the equal ones: customer, kind, account, currency, number, date and amount, in the order of their repetition.
-- Then what has the same customer, kind, currency and number, in the same account first. Then what went to another
-- customer: the only one of its kind, currency and number left on either side. A document without a number of its own (`L` and its line) has no second
-- chance: lines move when rows are added above them.
CREATE OR REPLACE TABLE old_one AS
SELECT no, customer_id, kind, account, currency, document_date, amount, document_id = 'L' || line AS unnumbered,
    CASE WHEN document_id = 'L' || line THEN '' ELSE document_id END AS name
FROM {old_documents};
CREATE OR REPLACE TABLE new_one AS
SELECT no, customer_id, kind, account, currency, document_date, amount, document_id = 'L' || line AS unnumbered,
    CASE WHEN document_id = 'L' || line THEN '' ELSE document_id END AS name
FROM {new_documents};

CREATE OR REPLACE TABLE alike AS
WITH old_ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY customer_id, kind, account, currency, name, document_date, amount ORDER BY no
    ) AS place FROM old_one
),
new_ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY customer_id, kind, account, currency, name, document_date, amount ORDER BY no
    ) AS place FROM new_one
)
SELECT o.no AS old, n.no AS new
FROM old_ranked AS o
INNER JOIN new_ranked AS n
    ON o.customer_id = n.customer_id AND o.kind = n.kind AND o.account = n.account AND o.currency = n.currency
    AND o.name = n.name AND o.document_date = n.document_date AND o.amount = n.amount AND o.place = n.place;
DELETE FROM old_one WHERE unnumbered OR no IN (SELECT old FROM alike);
DELETE FROM new_one WHERE unnumbered OR no IN (SELECT new FROM alike);

INSERT INTO alike
WITH old_ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY customer_id, kind, account, currency, name ORDER BY document_date, amount, no
    ) AS place FROM old_one
),
new_ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY customer_id, kind, account, currency, name ORDER BY document_date, amount, no
    ) AS place FROM new_one
)
SELECT o.no, n.no
FROM old_ranked AS o
INNER JOIN new_ranked AS n
    ON o.customer_id = n.customer_id AND o.kind = n.kind AND o.account = n.account AND o.currency = n.currency
    AND o.name = n.name AND o.place = n.place;
DELETE FROM old_one WHERE no IN (SELECT old FROM alike);
DELETE FROM new_one WHERE no IN (SELECT new FROM alike);

INSERT INTO alike
WITH old_ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY customer_id, kind, currency, name ORDER BY document_date, amount, no
    ) AS place FROM old_one
),
new_ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY customer_id, kind, currency, name ORDER BY document_date, amount, no
    ) AS place FROM new_one
)
SELECT o.no, n.no
FROM old_ranked AS o
INNER JOIN new_ranked AS n
    ON o.customer_id = n.customer_id AND o.kind = n.kind AND o.currency = n.currency AND o.name = n.name
    AND o.place = n.place;
DELETE FROM old_one WHERE no IN (SELECT old FROM alike);
DELETE FROM new_one WHERE no IN (SELECT new FROM alike);

INSERT INTO alike
WITH old_only AS (
    SELECT kind, currency, name, min(no) AS no FROM old_one GROUP BY kind, currency, name HAVING count(*) = 1
),
new_only AS (
    SELECT kind, currency, name, min(no) AS no FROM new_one GROUP BY kind, currency, name HAVING count(*) = 1
)
SELECT o.no, n.no
FROM old_only AS o
INNER JOIN new_only AS n ON o.kind = n.kind AND o.currency = n.currency AND o.name = n.name;

CREATE OR REPLACE TABLE paired AS
SELECT row_number() OVER (ORDER BY old NULLS LAST, new) AS pair, old, new
FROM (
    SELECT old, new FROM alike
    UNION ALL
    SELECT no, NULL FROM {old_documents} WHERE no NOT IN (SELECT old FROM alike)
    UNION ALL
    SELECT NULL, no FROM {new_documents} WHERE no NOT IN (SELECT new FROM alike)
);
DROP TABLE alike;
DROP TABLE old_one;
DROP TABLE new_one;
