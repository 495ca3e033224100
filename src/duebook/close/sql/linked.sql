-- Documents by the number of their entry with the account they stand in, and allocations between them, as known.
--
-- The ledger has already tied each allocation to the entry it pays (`target`) and the entry it uses up (`source`).
-- It takes effect on the later of the paying document's date and the day of allocation; an unknown day counts as past.
-- What was recorded after {known_at} is not known yet; a row without a recorded date is.
--
-- `base` is what a document stood at before anything was allocated to it: its amount, or what the open amount of an
-- open-item export and all allocations say, those not yet known included. The rest of the amount (`undated`) was
-- settled on a day that the export does not tell. `allocation` numbers the allocations in reading order; `told` says
-- whether the day of one is known.
CREATE OR REPLACE TABLE doc AS
WITH reduced AS (
    SELECT paid_entry AS no, sum(amount) AS amount FROM allocations WHERE paid_entry IS NOT NULL GROUP BY paid_entry
),
used AS (
    SELECT paying_entry AS no, sum(amount) AS amount FROM allocations
    WHERE paying_entry IS NOT NULL AND paid_entry IS NOT NULL
    GROUP BY paying_entry
)
SELECT
    d.entry AS no,
    d.* EXCLUDE (entry),
    CASE WHEN d.kind = 'bill' THEN 'bill'
         WHEN d.kind = 'retention' AND d.contract_asset THEN 'contract_asset'
         WHEN d.kind = 'revaluation' THEN 'revaluation'
         WHEN d.kind = 'factoring' AND coalesce(d.recourse, true) THEN 'financing'
         ELSE 'receivable' END AS account,
    CAST(
        CASE WHEN d.open_amount IS NULL THEN d.amount
             ELSE d.open_amount + coalesce(r.amount, 0) - coalesce(u.amount, 0) END AS DECIMAL(18, 4)
    ) AS base
FROM documents AS d
LEFT JOIN reduced AS r ON d.entry = r.no
LEFT JOIN used AS u ON d.entry = u.no
WHERE d.recorded_date IS NULL OR d.recorded_date <= {known_at};

-- What of a bill is credited to the customer without an invoice stands in the receivables, under the entry's negative
-- number.
INSERT INTO doc
SELECT * REPLACE (
    -no AS no, 'receivable' AS account, document_date AS due_date, -credited AS amount, -credited AS base,
    CASE WHEN credited = amount THEN -functional_amount END AS functional_amount
)
FROM doc WHERE credited <> 0;

CREATE OR REPLACE TABLE link AS
SELECT
    a.allocation,
    a.paid_entry AS target,
    a.paying_entry AS source,
    a.kind,
    a.amount,
    CASE WHEN a.applied_date IS NULL THEN a.document_date
         WHEN a.document_date IS NULL THEN a.applied_date
         WHEN a.document_date > a.applied_date THEN a.document_date
         ELSE a.applied_date END AS effective,
    a.applied_date IS NOT NULL OR a.paying_entry IS NOT NULL AS told
FROM (SELECT *, row_number() OVER (ORDER BY entry, paid_entry, kind, amount) AS allocation FROM allocations) AS a
WHERE (a.recorded_date IS NULL OR a.recorded_date <= {known_at})
    AND (a.paid_entry IS NULL OR a.paid_entry IN (SELECT no FROM doc))
    AND (a.paying_entry IS NULL OR a.paying_entry IN (SELECT no FROM doc));
