-- Written after the data, which is faster: an index for every question, and the references between the tables.
CREATE INDEX ON account (parent_id, id);
CREATE INDEX ON contact (account_id, id);
CREATE INDEX ON contact (manager_id);
CREATE INDEX ON contact (job_title, account_id);
CREATE INDEX ON opportunity (account_id, state) INCLUDE (estimated_value, actual_value);
CREATE INDEX ON participation (activity_id);
CREATE INDEX ON tie (end_id, start_id);
CREATE INDEX ON account USING gin (words);
CREATE INDEX ON contact USING gin (words);
CREATE INDEX ON seller USING gin (words);
CREATE INDEX ON opportunity USING gin (words);
CREATE INDEX ON activity USING gin (words);

ALTER TABLE account ADD FOREIGN KEY (id) REFERENCES party;
ALTER TABLE account ADD FOREIGN KEY (parent_id) REFERENCES account;
ALTER TABLE contact ADD FOREIGN KEY (id) REFERENCES party;
ALTER TABLE contact ADD FOREIGN KEY (account_id) REFERENCES account;
ALTER TABLE contact ADD FOREIGN KEY (manager_id) REFERENCES contact;
ALTER TABLE seller ADD FOREIGN KEY (id) REFERENCES party;
ALTER TABLE opportunity ADD FOREIGN KEY (account_id) REFERENCES account;
ALTER TABLE participation ADD FOREIGN KEY (activity_id) REFERENCES activity;
ALTER TABLE participation ADD FOREIGN KEY (party_id) REFERENCES party;
ALTER TABLE tie ADD FOREIGN KEY (start_id) REFERENCES party;
ALTER TABLE tie ADD FOREIGN KEY (end_id) REFERENCES party;
