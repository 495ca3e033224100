-- Documents by the number of their entry, and allocations between them.
--
-- The ledger has already tied each allocation to the entry it pays (`target`) and the entry it uses up (`source`).
-- It takes effect on the later of the paying document's date and the day of allocation; an unknown day counts as past.
CREATE OR REPLACE VIEW doc AS
SELECT entry AS no, * EXCLUDE (entry) FROM documents;

CREATE OR REPLACE VIEW link AS
SELECT
    paid_entry AS target,
    paying_entry AS source,
    amount,
    CASE WHEN applied_date IS NULL THEN document_date
         WHEN document_date IS NULL THEN applied_date
         WHEN document_date > applied_date THEN document_date
         ELSE applied_date END AS effective
FROM allocations;
