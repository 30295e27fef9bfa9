-- A populated database of version 4, as `sqlite3 .dump` wrote it, but for the full-text index. Never edited.
BEGIN TRANSACTION;
CREATE TABLE actions (number INTEGER PRIMARY KEY, token TEXT UNIQUE, author TEXT NOT NULL, kind TEXT NOT NULL,
            value TEXT NOT NULL, undoes BIGINT REFERENCES actions (number), created DOUBLE PRECISION NOT NULL);
INSERT INTO "actions" VALUES(1,NULL,'ada','verdict','"reject"',NULL,1.79527116762302207941e+09);
INSERT INTO "actions" VALUES(2,NULL,'ada','tag','{"tag": "units", "on": true}',NULL,1.79527116781342387192e+09);
INSERT INTO "actions" VALUES(3,NULL,'bob','steps','[1, -1, -1]',NULL,1795271167.89981);
INSERT INTO "actions" VALUES(4,NULL,'ada','undo','null',2,1.79527116793607187275e+09);
INSERT INTO "actions" VALUES(5,NULL,'ada','stop','{"label": "here", "step": 1}',NULL,1.79582906241611194603e+09);
INSERT INTO "actions" VALUES(6,NULL,'bob','stop','{"label": "too_late", "step": null}',NULL,1.79582906242509889602e+09);
INSERT INTO "actions" VALUES(7,NULL,'bob','stop','{"label": "abstain", "step": null}',NULL,1.79582906242715883253e+09);
INSERT INTO "actions" VALUES(8,NULL,'bob','undo','null',7,1.79582906242901301384e+09);
INSERT INTO "actions" VALUES(9,NULL,'eve','stop','{"label": "too_late", "step": null}',NULL,1.79582906269538831707e+09);
CREATE TABLE annotations (number INTEGER PRIMARY KEY, record BIGINT NOT NULL REFERENCES records (number),
            action BIGINT NOT NULL REFERENCES actions (number), kind TEXT NOT NULL, value TEXT NOT NULL,
            author TEXT NOT NULL, reason TEXT NOT NULL, created DOUBLE PRECISION NOT NULL, seen BIGINT NOT NULL);
INSERT INTO "annotations" VALUES(1,1,1,'verdict','"reject"','ada','12+21 is 33, but not of apples',1.79527116762302207941e+09,0);
INSERT INTO "annotations" VALUES(2,1,2,'tag','{"tag": "units", "on": true}','ada','',1.79527116781342387192e+09,1);
INSERT INTO "annotations" VALUES(3,2,3,'steps','[1, -1, -1]','bob','',1795271167.89981,0);
INSERT INTO "annotations" VALUES(4,1,4,'undo','2','ada','',1.79527116793607187275e+09,2);
INSERT INTO "annotations" VALUES(5,2,5,'stop','{"label": "here", "step": 1}','ada','',1.79582906241611194603e+09,0);
INSERT INTO "annotations" VALUES(6,2,6,'stop','{"label": "too_late", "step": null}','bob','',1.79582906242509889602e+09,0);
INSERT INTO "annotations" VALUES(7,1,7,'stop','{"label": "abstain", "step": null}','bob','',1.79582906242715883253e+09,0);
INSERT INTO "annotations" VALUES(8,1,8,'undo','7','bob','',1.79582906242901301384e+09,7);
INSERT INTO "annotations" VALUES(9,1,9,'stop','{"label": "too_late", "step": null}','eve','',1.79582906269538831707e+09,0);
CREATE TABLE batches (number INTEGER PRIMARY KEY, name TEXT NOT NULL, author TEXT NOT NULL,
            created DOUBLE PRECISION NOT NULL, added INTEGER NOT NULL, duplicates INTEGER NOT NULL,
            bad INTEGER NOT NULL, undone DOUBLE PRECISION);
INSERT INTO "batches" VALUES(1,'file.jsonl','ada',1.79527116881973123545e+09,2,0,1,NULL);
CREATE TABLE changes (number BIGINT PRIMARY KEY NOT NULL);
INSERT INTO "changes" VALUES(10);
CREATE TABLE checkpoints (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, path TEXT NOT NULL,
            metrics TEXT NOT NULL, snapshot TEXT NOT NULL, created DOUBLE PRECISION NOT NULL,
            deployed BOOLEAN NOT NULL);
INSERT INTO "checkpoints" VALUES(1,'dm-1','models/dm-1','{"auroc": 0.94}','abc',1.79525413926828765866e+09,1);
CREATE TABLE "contents" (record INTEGER PRIMARY KEY NOT NULL REFERENCES records (number), text TEXT NOT NULL,
            content BLOB NOT NULL);
INSERT INTO "contents" VALUES(1,'12+21=33
Answer: 33',X'78014D8FD16AC32018855FA5785B236A961502BBD873B81036FDBBA60BBFA2B61B8CBDFB4EDC0A05518F7E723EBF45A9948A189D30766FCD53DF0B79DB3E60FBCCE593F2B8C3F924C51ADF538E6F1BEF3AADEC20310F93745DAFF4B668A51FED300125AE39A6851AAB95016B1A6A1B0970A36AFC209E2B7DD5C6FD35A3161E2F8C46273872218CFF78EF83F79BFD5C7CCCAD47ABC320D125F9B2AEB80D304814606B90329DC9D716918E0B2FE524468806145E2987C557E457EF29551C15F29103BCF0C59F5F4E5D5701');
INSERT INTO "contents" VALUES(2,'12+21=33
Answer: 35',X'78014D8FDD6E022110465FA5E1B6B8E1C7F562935EF81CEBC65498EADACD40005B13D377F7036BD384C00C1CF80E37910BC52C865168F36AF49BB5423ECB35CA2DE76F4AC38BEDC524C5128E318543E5C795EA4C2F31F7931C57B65375519DDA987E024A5C5288333556751AAC6EA86924C04A95F049BC2F742D8D7B2423161E3B46E2283870268CDFF6BF0FEE57FB7D7621B51CB848BE2C8BAC6A38F53088E461ABD1253A932BAD7DFE10217F0FDAFAC18F99E77C1203F43D34BE28F9D915F4EFCE512CD8CAE4027BD822ECE70ED30A5CD6');
CREATE TABLE deployments (number INTEGER PRIMARY KEY, name TEXT NOT NULL, created DOUBLE PRECISION NOT NULL);
INSERT INTO "deployments" VALUES(1,'dm-1',1.79525413926828765866e+09);
CREATE TABLE job_metrics (job_id TEXT NOT NULL REFERENCES jobs (id), step INTEGER NOT NULL,
            name TEXT NOT NULL, value DOUBLE PRECISION NOT NULL, PRIMARY KEY (job_id, step, name));
INSERT INTO "job_metrics" VALUES('a-job',10,'loss',0.5);
INSERT INTO "job_metrics" VALUES('a-job',20,'loss',0.25);
CREATE TABLE jobs (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, title TEXT NOT NULL,
            params TEXT NOT NULL, device TEXT NOT NULL, owner TEXT NOT NULL, created DOUBLE PRECISION NOT NULL,
            state TEXT NOT NULL, reason TEXT NOT NULL, worker INTEGER, worker_began DOUBLE PRECISION,
            began DOUBLE PRECISION, ended DOUBLE PRECISION, cancel_asked DOUBLE PRECISION, step INTEGER NOT NULL,
            done DOUBLE PRECISION NOT NULL, due DOUBLE PRECISION, result TEXT NOT NULL);
INSERT INTO "jobs" VALUES(1,'a-job','train','Train dm-1','{"name": "dm-1"}','cpu','ada',1795271170.5,'done','',NULL,NULL,1795271171.0,1795271172.0,NULL,20,1.0,NULL,'{"dm": "dm-1"}');
CREATE TABLE leases (record BIGINT NOT NULL REFERENCES records (number), author TEXT NOT NULL,
            queue TEXT NOT NULL, place INTEGER NOT NULL, until DOUBLE PRECISION NOT NULL,
            PRIMARY KEY (record, author));
INSERT INTO "leases" VALUES(2,'eve','unlabelled',0,1.79582996269538831715e+09);
CREATE TABLE marks (kind TEXT NOT NULL, value TEXT NOT NULL,
            record BIGINT NOT NULL REFERENCES records (number), PRIMARY KEY (kind, value, record));
CREATE TABLE met (record BIGINT NOT NULL REFERENCES records (number),
            batch BIGINT NOT NULL REFERENCES batches (number), PRIMARY KEY (record, batch));
CREATE TABLE opinions (record BIGINT NOT NULL REFERENCES records (number), kind TEXT NOT NULL,
            author TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (record, kind, author));
INSERT INTO "opinions" VALUES(2,'steps','bob','[1, -1, -1]');
INSERT INTO "opinions" VALUES(2,'stop','ada','{"label": "here", "step": 1}');
INSERT INTO "opinions" VALUES(2,'stop','bob','{"label": "too_late", "step": null}');
INSERT INTO "opinions" VALUES(1,'verdict','ada','"reject"');
INSERT INTO "opinions" VALUES(1,'stop','eve','{"label": "too_late", "step": null}');
CREATE TABLE questions (key TEXT PRIMARY KEY NOT NULL, id TEXT NOT NULL, text TEXT NOT NULL, choices TEXT,
            answer_type TEXT NOT NULL, gold TEXT, source TEXT NOT NULL);
INSERT INTO "questions" VALUES('7116ddcdfb4a69b2b5942eee','7116ddcdfb4a69b2b5942eee','Sarah has 12 apples and buys 21. How many now?',NULL,'number','33','gsm_symbolic:12');
CREATE TABLE records (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
            question_key TEXT NOT NULL REFERENCES questions (key), question_id TEXT NOT NULL, source TEXT NOT NULL,
            reasoner TEXT NOT NULL, temperature DOUBLE PRECISION NOT NULL, attempt_index INTEGER NOT NULL,
            depth INTEGER NOT NULL, answer TEXT, correct BOOLEAN, tokens INTEGER NOT NULL,
            mean_logprob DOUBLE PRECISION, score DOUBLE PRECISION, first_error_step INTEGER,
            created DOUBLE PRECISION NOT NULL, family TEXT NOT NULL DEFAULT '', dm TEXT, batch BIGINT, human TEXT, flagged BOOLEAN NOT NULL DEFAULT FALSE, version BIGINT NOT NULL DEFAULT 0, trace TEXT);
INSERT INTO "records" VALUES(1,'90156dc53aab64e4de8fb9c4','7116ddcdfb4a69b2b5942eee','7116ddcdfb4a69b2b5942eee','gsm_symbolic:12','tiny',0.0,0,0,'33',1,4,-2.70833333333333314829e-01,NULL,NULL,1.79525413926335930831e+09,'gsm_symbolic',NULL,1,'reject',0,9,NULL);
INSERT INTO "records" VALUES(2,'8005c01bf88d42bcccdd3244','7116ddcdfb4a69b2b5942eee','7116ddcdfb4a69b2b5942eee','gsm_symbolic:12','tiny',0.0,1,1,'35',0,4,-2.70833333333333314829e-01,0.25,NULL,1.79525413926335930831e+09,'gsm_symbolic','dm-1',1,NULL,0,6,NULL);
CREATE TABLE schema_version (version INTEGER NOT NULL);
INSERT INTO "schema_version" VALUES(4);
CREATE TABLE seeds (name TEXT PRIMARY KEY NOT NULL, finished BOOLEAN NOT NULL);
CREATE TABLE snapshot_records (snapshot BIGINT NOT NULL REFERENCES snapshots (number),
            record BIGINT NOT NULL REFERENCES records (number), verdict TEXT NOT NULL, basis TEXT NOT NULL,
            first_error_step INTEGER, PRIMARY KEY (snapshot, record));
INSERT INTO "snapshot_records" VALUES(1,1,'reject','human',NULL);
INSERT INTO "snapshot_records" VALUES(1,2,'reject','automatic',1);
CREATE TABLE snapshots (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, query TEXT NOT NULL,
            author TEXT NOT NULL, note TEXT NOT NULL, records INTEGER NOT NULL, accept INTEGER NOT NULL,
            reject INTEGER NOT NULL, created DOUBLE PRECISION NOT NULL);
INSERT INTO "snapshots" VALUES(1,'first','018f3fb752eeb81473ba66c7e4f8b9f6e171639e6fa327348c4712a23751ff8c','{}','ada','before the move',2,0,2,1.79527116807192897796e+09);
CREATE TABLE traces (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, question TEXT NOT NULL,
            reasoner TEXT NOT NULL, policy TEXT NOT NULL, status TEXT NOT NULL, tokens INTEGER NOT NULL,
            created DOUBLE PRECISION NOT NULL, content BLOB NOT NULL);
INSERT INTO "traces" VALUES(1,'a-trace','Sarah has 12 apples and buys 21. How many now?','tiny','drr','accepted',4,1.79525413926642942426e+09,X'78016D53CB6EDB3010FC1582D72A8224D74D2BA00872EBBDC7B430686A23319148968FBA82E07FEF50B215C7CE451077B9B3C3D9D989FF89E483329AD7130FF42FF09AFF144E74AC139E951513D6F6E499D00DDBC7D1B3AACCD90F736083D023D3E6F0C0332EB43F90DB85D112CA751CF6E4106E4DDFE0BCD9E05F764649F2BCD6B1EF33EE4D74325D6EFDB0F3E3B037BD927559E1A64A35FC08D41068B001354F13F781ECF2772259569FAAF2FB8C1DCC2B69242BE04AE3005BE4F7DB8CCFF15DBA9F2AF95C810628FAA5F9EF8CF7A6B5CEEC53F2AEC8AB6D86EF1671D2C119AB12DBA7222F9128E7B8A3179281C0EF59F49E8ED9AAD889CC67A09FC9941764F07FC5451BEDC1996E896CF2E28A423547DE9A07172F7B3FCEE2D7EC9D1497DDBFDD74BF28B991A1F852DD6A9028BD11585E8FD032F7F3889F9556BEC389740321D651A0FF5F728D92C95B424AB221E984D99213212EF32A5040D2E806A2630A47A03724958733D318A6B31B90C54D9881D778A3908B754FE476732251153E391AAA1BD69B03DCF41100FCB202F8602C58AD951EBC186913DB8E273226066906582B5911AC41EAF416F8E15A89CBA7AF88C9D2CB01CB016A4A8F287C894D9BF6A01970B0690BC67472697F2CF67040A389BFF27A03C93A47BE9B97AAC8BF02CE5332E3FD3BE920CFBC41E22E3881153BFE076A103AEC');
CREATE TABLE views (name TEXT PRIMARY KEY NOT NULL, author TEXT NOT NULL, query TEXT NOT NULL,
            created DOUBLE PRECISION NOT NULL);
INSERT INTO "views" VALUES('mine','ada','{"where": {"correct": true}}',1.79527116876471543307e+09);
CREATE INDEX records_question ON records (question_key, number);
CREATE INDEX records_source ON records (source, number);
CREATE INDEX records_family ON records (family, number);
CREATE INDEX records_reasoner ON records (reasoner, number);
CREATE INDEX records_attempt ON records (attempt_index, number);
CREATE INDEX records_depth ON records (depth, number);
CREATE INDEX records_answer ON records (substr(answer, 1, 80), number);
CREATE INDEX records_correct ON records (correct, number);
CREATE INDEX records_score ON records (score, number);
CREATE INDEX records_tokens ON records (tokens, number);
CREATE INDEX records_human ON records (human, number);
CREATE INDEX records_cells ON records (correct, human, score, number);
CREATE INDEX records_dm ON records (dm, number) WHERE dm IS NOT NULL;
CREATE INDEX records_batch ON records (batch) WHERE batch IS NOT NULL;
CREATE INDEX questions_text ON questions (substr(text, 1, 80));
CREATE INDEX questions_gold ON questions (substr(gold, 1, 80));
CREATE INDEX traces_question ON traces (substr(question, 1, 80));
CREATE INDEX actions_author ON actions (author, number);
CREATE INDEX annotations_record ON annotations (record, number);
CREATE INDEX annotations_action ON annotations (action);
CREATE INDEX opinions_author ON opinions (author, kind, record);
CREATE INDEX opinions_kind ON opinions (kind, record);
CREATE INDEX marks_record ON marks (record);
CREATE INDEX leases_author ON leases (author);
CREATE INDEX snapshot_records_record ON snapshot_records (record);
CREATE INDEX jobs_state ON jobs (state);
CREATE INDEX met_batch ON met (batch);
CREATE VIRTUAL TABLE search USING fts5(question, attempt, content='', tokenize='unicode61 remove_diacritics 2');
INSERT INTO search (rowid, question, attempt) SELECT records.number, questions.text, contents.text FROM records
    JOIN questions ON questions.key = records.question_key JOIN contents ON contents.record = records.number;
COMMIT;
