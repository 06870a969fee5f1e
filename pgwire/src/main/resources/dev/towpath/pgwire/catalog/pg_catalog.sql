-- What PostgreSQL's clients look for in pg_catalog, as tables of DuckDB. Columns and OIDs are PostgreSQL's own. Most tables are empty: there are
-- no indexes, constraints, triggers, extensions. The tables of the lake are filled in behind this script. :database and :user are literals.
CREATE TYPE towpath_char AS ENUM ('', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v',
'w', 'x', 'y', 'z', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z',
',', ';', '*', '+', '-', '.', '~');
CREATE TABLE pg_proc(oid UINTEGER, proname VARCHAR, pronamespace UINTEGER, proowner UINTEGER, prolang UINTEGER, procost FLOAT, prorows FLOAT,
  provariadic UINTEGER, prosupport VARCHAR, prokind towpath_char, prosecdef BOOLEAN, proleakproof BOOLEAN, proisstrict BOOLEAN, proretset BOOLEAN,
  provolatile towpath_char, proparallel towpath_char, pronargs SMALLINT, pronargdefaults SMALLINT, prorettype UINTEGER, proargtypes UINTEGER[], proallargtypes
  UINTEGER[], proargmodes VARCHAR[], proargnames VARCHAR[], proargdefaults VARCHAR, protrftypes UINTEGER[], prosrc VARCHAR, probin VARCHAR,
  prosqlbody VARCHAR, proconfig VARCHAR[], proacl VARCHAR[]);
CREATE TABLE pg_type(oid UINTEGER, typname VARCHAR, typnamespace UINTEGER, typowner UINTEGER, typlen SMALLINT, typbyval BOOLEAN, typtype towpath_char,
  typcategory towpath_char, typispreferred BOOLEAN, typisdefined BOOLEAN, typdelim towpath_char, typrelid UINTEGER, typsubscript VARCHAR, typelem UINTEGER,
  typarray UINTEGER, typinput UINTEGER, typoutput UINTEGER, typreceive UINTEGER, typsend UINTEGER, typmodin VARCHAR, typmodout VARCHAR, typanalyze
  VARCHAR, typalign towpath_char, typstorage towpath_char, typnotnull BOOLEAN, typbasetype UINTEGER, typtypmod INTEGER, typndims INTEGER, typcollation
  UINTEGER, typdefaultbin VARCHAR, typdefault VARCHAR, typacl VARCHAR[]);
CREATE TABLE pg_attribute(attrelid UINTEGER, attname VARCHAR, atttypid UINTEGER, attstattarget INTEGER, attlen SMALLINT, attnum SMALLINT, attndims
  INTEGER, attcacheoff INTEGER, atttypmod INTEGER, attbyval BOOLEAN, attalign towpath_char, attstorage towpath_char, attcompression towpath_char, attnotnull
  BOOLEAN, atthasdef BOOLEAN, atthasmissing BOOLEAN, attidentity towpath_char, attgenerated towpath_char, attisdropped BOOLEAN, attislocal BOOLEAN,
  attinhcount INTEGER, attcollation UINTEGER, attacl VARCHAR[], attoptions VARCHAR[], attfdwoptions VARCHAR[], attmissingval VARCHAR[]);
CREATE TABLE pg_class(oid UINTEGER, relname VARCHAR, relnamespace UINTEGER, reltype UINTEGER, reloftype UINTEGER, relowner UINTEGER, relam UINTEGER,
  relfilenode UINTEGER, reltablespace UINTEGER, relpages INTEGER, reltuples FLOAT, relallvisible INTEGER, reltoastrelid UINTEGER, relhasindex
  BOOLEAN, relisshared BOOLEAN, relpersistence towpath_char, relkind towpath_char, relnatts SMALLINT, relchecks SMALLINT, relhasrules BOOLEAN, relhastriggers
  BOOLEAN, relhassubclass BOOLEAN, relrowsecurity BOOLEAN, relforcerowsecurity BOOLEAN, relispopulated BOOLEAN, relreplident towpath_char, relispartition
  BOOLEAN, relrewrite UINTEGER, relfrozenxid UINTEGER, relminmxid UINTEGER, relacl VARCHAR[], reloptions VARCHAR[], relpartbound VARCHAR);
CREATE TABLE pg_attrdef(oid UINTEGER, adrelid UINTEGER, adnum SMALLINT, adbin VARCHAR);
CREATE TABLE pg_constraint(oid UINTEGER, conname VARCHAR, connamespace UINTEGER, contype towpath_char, condeferrable BOOLEAN, condeferred BOOLEAN,
  convalidated BOOLEAN, conrelid UINTEGER, contypid UINTEGER, conindid UINTEGER, conparentid UINTEGER, confrelid UINTEGER, confupdtype VARCHAR,
  confdeltype VARCHAR, confmatchtype VARCHAR, conislocal BOOLEAN, coninhcount INTEGER, connoinherit BOOLEAN, conkey SMALLINT[], confkey SMALLINT[],
  conpfeqop UINTEGER[], conppeqop UINTEGER[], conffeqop UINTEGER[], confdelsetcols SMALLINT[], conexclop UINTEGER[], conbin VARCHAR);
CREATE TABLE pg_inherits(inhrelid UINTEGER, inhparent UINTEGER, inhseqno INTEGER, inhdetachpending BOOLEAN);
CREATE TABLE pg_index(indexrelid UINTEGER, indrelid UINTEGER, indnatts SMALLINT, indnkeyatts SMALLINT, indisunique BOOLEAN, indnullsnotdistinct
  BOOLEAN, indisprimary BOOLEAN, indisexclusion BOOLEAN, indimmediate BOOLEAN, indisclustered BOOLEAN, indisvalid BOOLEAN, indcheckxmin BOOLEAN,
  indisready BOOLEAN, indislive BOOLEAN, indisreplident BOOLEAN, indkey SMALLINT[], indcollation UINTEGER[], indclass UINTEGER[], indoption
  SMALLINT[], indexprs VARCHAR, indpred VARCHAR);
CREATE TABLE pg_operator(oid UINTEGER, oprname VARCHAR, oprnamespace UINTEGER, oprowner UINTEGER, oprkind VARCHAR, oprcanmerge BOOLEAN, oprcanhash
  BOOLEAN, oprleft UINTEGER, oprright UINTEGER, oprresult UINTEGER, oprcom UINTEGER, oprnegate UINTEGER, oprcode VARCHAR, oprrest VARCHAR, oprjoin
  VARCHAR);
CREATE TABLE pg_opfamily(oid UINTEGER, opfmethod UINTEGER, opfname VARCHAR, opfnamespace UINTEGER, opfowner UINTEGER);
CREATE TABLE pg_opclass(oid UINTEGER, opcmethod UINTEGER, opcname VARCHAR, opcnamespace UINTEGER, opcowner UINTEGER, opcfamily UINTEGER, opcintype
  UINTEGER, opcdefault BOOLEAN, opckeytype UINTEGER);
CREATE TABLE pg_am(oid UINTEGER, amname VARCHAR, amhandler VARCHAR, amtype towpath_char);
CREATE TABLE pg_language(oid UINTEGER, lanname VARCHAR, lanowner UINTEGER, lanispl BOOLEAN, lanpltrusted BOOLEAN, lanplcallfoid UINTEGER, laninline
  UINTEGER, lanvalidator UINTEGER, lanacl VARCHAR[]);
CREATE TABLE pg_aggregate(aggfnoid VARCHAR, aggkind VARCHAR, aggnumdirectargs SMALLINT, aggtransfn VARCHAR, aggfinalfn VARCHAR, aggcombinefn
  VARCHAR, aggserialfn VARCHAR, aggdeserialfn VARCHAR, aggmtransfn VARCHAR, aggminvtransfn VARCHAR, aggmfinalfn VARCHAR, aggfinalextra BOOLEAN,
  aggmfinalextra BOOLEAN, aggfinalmodify VARCHAR, aggmfinalmodify VARCHAR, aggsortop UINTEGER, aggtranstype UINTEGER, aggtransspace INTEGER,
  aggmtranstype UINTEGER, aggmtransspace INTEGER, agginitval VARCHAR, aggminitval VARCHAR);
CREATE TABLE pg_statistic_ext(oid UINTEGER, stxrelid UINTEGER, stxname VARCHAR, stxnamespace UINTEGER, stxowner UINTEGER, stxstattarget INTEGER,
  stxkeys SMALLINT[], stxkind VARCHAR[], stxexprs VARCHAR);
CREATE TABLE pg_rewrite(oid UINTEGER, rulename VARCHAR, ev_class UINTEGER, ev_type VARCHAR, ev_enabled VARCHAR, is_instead BOOLEAN, ev_qual VARCHAR,
  ev_action VARCHAR);
CREATE TABLE pg_trigger(oid UINTEGER, tgrelid UINTEGER, tgparentid UINTEGER, tgname VARCHAR, tgfoid UINTEGER, tgtype SMALLINT, tgenabled VARCHAR,
  tgisinternal BOOLEAN, tgconstrrelid UINTEGER, tgconstrindid UINTEGER, tgconstraint UINTEGER, tgdeferrable BOOLEAN, tginitdeferred BOOLEAN, tgnargs
  SMALLINT, tgattr SMALLINT[], tgargs BLOB, tgqual VARCHAR, tgoldtable VARCHAR, tgnewtable VARCHAR);
CREATE TABLE pg_event_trigger(oid UINTEGER, evtname VARCHAR, evtevent VARCHAR, evtowner UINTEGER, evtfoid UINTEGER, evtenabled VARCHAR, evttags
  VARCHAR[]);
CREATE TABLE pg_description(objoid UINTEGER, classoid UINTEGER, objsubid INTEGER, description VARCHAR);
CREATE TABLE pg_cast(oid UINTEGER, castsource UINTEGER, casttarget UINTEGER, castfunc UINTEGER, castcontext VARCHAR, castmethod VARCHAR);
CREATE TABLE pg_enum(oid UINTEGER, enumtypid UINTEGER, enumsortorder FLOAT, enumlabel VARCHAR);
CREATE TABLE pg_namespace(oid UINTEGER, nspname VARCHAR, nspowner UINTEGER, nspacl VARCHAR[]);
CREATE TABLE pg_conversion(oid UINTEGER, conname VARCHAR, connamespace UINTEGER, conowner UINTEGER, conforencoding INTEGER, contoencoding INTEGER,
  conproc VARCHAR, condefault BOOLEAN);
CREATE TABLE pg_depend(classid UINTEGER, objid UINTEGER, objsubid INTEGER, refclassid UINTEGER, refobjid UINTEGER, refobjsubid INTEGER, deptype
  VARCHAR);
CREATE TABLE pg_database(oid UINTEGER, datname VARCHAR, datdba UINTEGER, encoding INTEGER, datlocprovider VARCHAR, datistemplate BOOLEAN,
  datallowconn BOOLEAN, datconnlimit INTEGER, datfrozenxid UINTEGER, datminmxid UINTEGER, dattablespace UINTEGER, datcollate VARCHAR, datctype
  VARCHAR, daticulocale VARCHAR, datcollversion VARCHAR, datacl VARCHAR[], daticurules VARCHAR);
CREATE TABLE pg_db_role_setting(setdatabase UINTEGER, setrole UINTEGER, setconfig VARCHAR[]);
CREATE TABLE pg_tablespace(oid UINTEGER, spcname VARCHAR, spcowner UINTEGER, spcacl VARCHAR[], spcoptions VARCHAR[]);
CREATE TABLE pg_authid(oid UINTEGER, rolname VARCHAR, rolsuper BOOLEAN, rolinherit BOOLEAN, rolcreaterole BOOLEAN, rolcreatedb BOOLEAN, rolcanlogin
  BOOLEAN, rolreplication BOOLEAN, rolbypassrls BOOLEAN, rolconnlimit INTEGER, rolpassword VARCHAR, rolvaliduntil TIMESTAMPTZ);
CREATE TABLE pg_auth_members(roleid UINTEGER, member UINTEGER, grantor UINTEGER, admin_option BOOLEAN, inherit_option BOOLEAN, set_option BOOLEAN);
CREATE TABLE pg_shdescription(objoid UINTEGER, classoid UINTEGER, description VARCHAR);
CREATE TABLE pg_extension(oid UINTEGER, extname VARCHAR, extowner UINTEGER, extnamespace UINTEGER, extrelocatable BOOLEAN, extversion VARCHAR,
  extconfig UINTEGER[], extcondition VARCHAR[]);
CREATE TABLE pg_foreign_data_wrapper(oid UINTEGER, fdwname VARCHAR, fdwowner UINTEGER, fdwhandler UINTEGER, fdwvalidator UINTEGER, fdwacl VARCHAR[],
  fdwoptions VARCHAR[]);
CREATE TABLE pg_foreign_server(oid UINTEGER, srvname VARCHAR, srvowner UINTEGER, srvfdw UINTEGER, srvtype VARCHAR, srvversion VARCHAR, srvacl
  VARCHAR[], srvoptions VARCHAR[]);
CREATE TABLE pg_user_mapping(oid UINTEGER, umuser UINTEGER, umserver UINTEGER, umoptions VARCHAR[]);
CREATE TABLE pg_foreign_table(ftrelid UINTEGER, ftserver UINTEGER, ftoptions VARCHAR[]);
CREATE TABLE pg_policy(oid UINTEGER, polname VARCHAR, polrelid UINTEGER, polcmd VARCHAR, polpermissive BOOLEAN, polroles UINTEGER[], polqual
  VARCHAR, polwithcheck VARCHAR);
CREATE TABLE pg_default_acl(oid UINTEGER, defaclrole UINTEGER, defaclnamespace UINTEGER, defaclobjtype VARCHAR, defaclacl VARCHAR[]);
CREATE TABLE pg_collation(oid UINTEGER, collname VARCHAR, collnamespace UINTEGER, collowner UINTEGER, collprovider VARCHAR, collisdeterministic
  BOOLEAN, collencoding INTEGER, collcollate VARCHAR, collctype VARCHAR, colliculocale VARCHAR, collversion VARCHAR, collicurules VARCHAR);
CREATE TABLE pg_partitioned_table(partrelid UINTEGER, partstrat VARCHAR, partnatts SMALLINT, partdefid UINTEGER, partattrs SMALLINT[], partclass
  UINTEGER[], partcollation UINTEGER[], partexprs VARCHAR);
CREATE TABLE pg_range(rngtypid UINTEGER, rngsubtype UINTEGER, rngmultitypid UINTEGER, rngcollation UINTEGER, rngsubopc UINTEGER, rngcanonical
  VARCHAR, rngsubdiff VARCHAR);
CREATE TABLE pg_sequence(seqrelid UINTEGER, seqtypid UINTEGER, seqstart BIGINT, seqincrement BIGINT, seqmax BIGINT, seqmin BIGINT, seqcache BIGINT,
  seqcycle BOOLEAN);
CREATE TABLE pg_publication(oid UINTEGER, pubname VARCHAR, pubowner UINTEGER, puballtables BOOLEAN, pubinsert BOOLEAN, pubupdate BOOLEAN, pubdelete
  BOOLEAN, pubtruncate BOOLEAN, pubviaroot BOOLEAN);
CREATE TABLE pg_publication_namespace(oid UINTEGER, pnpubid UINTEGER, pnnspid UINTEGER);
CREATE TABLE pg_publication_rel(oid UINTEGER, prpubid UINTEGER, prrelid UINTEGER, prqual VARCHAR, prattrs SMALLINT[]);
CREATE TABLE pg_subscription(oid UINTEGER, subdbid UINTEGER, subskiplsn VARCHAR, subname VARCHAR, subowner UINTEGER, subenabled BOOLEAN, subbinary
  BOOLEAN, substream BOOLEAN, subtwophasestate VARCHAR, subdisableonerr BOOLEAN, subconninfo VARCHAR, subslotname VARCHAR, subsynccommit VARCHAR,
  subpublications VARCHAR[], subpasswordrequired BOOLEAN, subrunasowner BOOLEAN, suborigin VARCHAR);
CREATE TABLE pg_ts_config(oid UINTEGER, cfgname VARCHAR, cfgnamespace UINTEGER, cfgowner UINTEGER, cfgparser UINTEGER);
CREATE TABLE pg_ts_dict(oid UINTEGER, dictname VARCHAR, dictnamespace UINTEGER, dictowner UINTEGER, dicttemplate UINTEGER, dictinitoption VARCHAR);
CREATE TABLE pg_ts_parser(oid UINTEGER, prsname VARCHAR, prsnamespace UINTEGER, prsstart VARCHAR, prstoken VARCHAR, prsend VARCHAR, prsheadline
  VARCHAR, prslextype VARCHAR);
CREATE TABLE pg_ts_template(oid UINTEGER, tmplname VARCHAR, tmplnamespace UINTEGER, tmplinit VARCHAR, tmpllexize VARCHAR);

INSERT INTO pg_type BY NAME
  WITH known(oid, typname, typlen, typtype, typcategory, typispreferred, typelem, typarray, typinput, typoutput, typreceive, typsend, typcollation) AS (
    VALUES (16,'bool',1,'b','B',true,0,1000,1242,1243,2436,2437,-1), (17,'bytea',-1,'b','U',false,0,1001,1244,31,2412,2413,-1),
(18,'char',1,'b','Z',false,0,1002,1245,33,2434,2435,-1), (19,'name',64,'b','S',false,18,1003,34,35,2422,2423,-1),
(20,'int8',8,'b','N',false,0,1016,460,461,2408,2409,-1), (21,'int2',2,'b','N',false,0,1005,38,39,2404,2405,-1),
(22,'int2vector',-1,'b','A',false,21,1006,40,41,2410,2411,-1), (23,'int4',4,'b','N',false,0,1007,42,43,2406,2407,-1),
(24,'regproc',4,'b','N',false,0,1008,44,45,2444,2445,-1), (25,'text',-1,'b','S',true,0,1009,46,47,2414,2415,-1),
(26,'oid',4,'b','N',true,0,1028,1798,1799,2418,2419,-1), (28,'xid',4,'b','U',false,0,1011,50,51,2440,2441,-1),
(30,'oidvector',-1,'b','A',false,26,1013,54,55,2420,2421,-1), (114,'json',-1,'b','U',false,0,199,321,322,323,324,-1),
(142,'xml',-1,'b','U',false,0,143,2893,2894,2898,2899,-1), (700,'float4',4,'b','N',false,0,1021,200,201,2424,2425,-1),
(701,'float8',8,'b','N',true,0,1022,214,215,2426,2427,-1), (705,'unknown',-2,'p','X',false,0,0,109,110,2416,2417,-1),
(790,'money',8,'b','N',false,0,791,886,887,2492,2493,-1), (869,'inet',-1,'b','I',true,0,1041,910,911,2496,2497,-1),
(650,'cidr',-1,'b','I',false,0,651,1267,1427,2498,2499,-1), (1042,'bpchar',-1,'b','S',false,0,1014,1044,1045,2430,2431,-1),
(1043,'varchar',-1,'b','S',false,0,1015,1046,1047,2432,2433,-1), (1082,'date',4,'b','D',false,0,1182,1084,1085,2468,2469,-1),
(1083,'time',8,'b','D',false,0,1183,1143,1144,2470,2471,-1), (1114,'timestamp',8,'b','D',false,0,1115,1312,1313,2474,2475,-1),
(1184,'timestamptz',8,'b','D',true,0,1185,1150,1151,2476,2477,-1), (1186,'interval',16,'b','T',true,0,1187,1160,1161,2478,2479,-1),
(1266,'timetz',12,'b','D',false,0,1270,1350,1351,2472,2473,-1), (1560,'bit',-1,'b','V',false,0,1561,1564,1565,2456,2457,-1),
(1562,'varbit',-1,'b','V',true,0,1563,1579,1580,2458,2459,-1), (1700,'numeric',-1,'b','N',false,0,1231,1701,1702,2460,2461,-1),
(1790,'refcursor',-1,'b','U',false,0,2201,46,47,2414,2415,-1), (2202,'regprocedure',4,'b','N',false,0,2207,2212,2213,2446,2447,-1),
(2203,'regoper',4,'b','N',false,0,2208,2214,2215,2448,2449,-1), (2205,'regclass',4,'b','N',false,0,2210,2218,2219,2452,2453,-1),
(2206,'regtype',4,'b','N',false,0,2211,2220,2221,2454,2455,-1), (4096,'regrole',4,'b','N',false,0,4097,4098,4092,4094,4095,-1),
(4089,'regnamespace',4,'b','N',false,0,4090,4084,4085,4087,4088,-1), (2950,'uuid',16,'b','U',false,0,2951,2952,2953,2961,2962,-1),
(3802,'jsonb',-1,'b','U',false,0,3807,3806,3804,3805,3803,-1), (2249,'record',-1,'p','P',false,0,2287,2290,2291,2402,2403,-1),
(2275,'cstring',-2,'p','P',false,0,1263,2292,2293,2500,2501,-1), (2276,'any',4,'p','P',false,0,0,2294,2295,0,0,-1),
(2277,'anyarray',-1,'p','P',false,0,0,2296,2297,2502,2503,-1), (2278,'void',4,'p','P',false,0,0,2298,2299,3120,3121,-1),
(2279,'trigger',4,'p','P',false,0,0,2300,2301,0,0,-1))
  SELECT * REPLACE (CASE WHEN typcollation > 0 THEN typcollation ELSE 0 END AS typcollation), typlen > 0 AND typlen <= 8 AS typbyval
  FROM known
  UNION ALL BY NAME
  SELECT typarray AS oid, '_' || typname AS typname, -1 AS typlen, 'b' AS typtype, 'A' AS typcategory, false AS typispreferred, oid AS typelem,
    0 AS typarray, 750 AS typinput, 751 AS typoutput, 2400 AS typreceive, 2401 AS typsend, 0 AS typcollation, false AS typbyval
  FROM known WHERE typarray > 0 AND typtype = 'b';
UPDATE pg_type SET typnamespace = 11, typowner = 10, typisdefined = true, typdelim = ',', typrelid = 0, typsubscript = '-', typmodin = '-',
  typmodout = '-', typanalyze = '-', typalign = 'i', typstorage = CASE WHEN typlen < 0 THEN 'x' ELSE 'p' END, typnotnull = false, typbasetype = 0,
  typtypmod = -1, typndims = 0, typacl = [], typcollation = CASE ltrim(typname, '_') WHEN 'text' THEN 100 WHEN 'varchar' THEN 100
  WHEN 'bpchar' THEN 100 WHEN 'name' THEN 950 ELSE 0 END;

INSERT INTO pg_proc BY NAME
  SELECT oid, proname, 11 AS pronamespace, 10 AS proowner, 12 AS prolang, 1 AS procost, 0 AS prorows, 0 AS provariadic, '-' AS prosupport,
    'f' AS prokind, false AS prosecdef, false AS proleakproof, true AS proisstrict, false AS proretset, 'i' AS provolatile, 's' AS proparallel,
    1 AS pronargs, 0 AS pronargdefaults, 0 AS prorettype, [] AS proargtypes, proname AS prosrc, [] AS proacl
  FROM (VALUES (31,'byteaout'), (33,'charout'), (34,'namein'), (35,'nameout'), (38,'int2in'), (39,'int2out'), (40,'int2vectorin'), (41,'int2vectorout'),
(42,'int4in'), (43,'int4out'), (44,'regprocin'), (45,'regprocout'), (46,'textin'), (47,'textout'), (50,'xidin'), (51,'xidout'), (54,'oidvectorin'),
(55,'oidvectorout'), (109,'unknownin'), (110,'unknownout'), (200,'float4in'), (201,'float4out'), (214,'float8in'), (215,'float8out'), (321,'json_in'),
(322,'json_out'), (323,'json_recv'), (324,'json_send'), (460,'int8in'), (461,'int8out'), (750,'array_in'), (751,'array_out'), (886,'cash_in'),
(887,'cash_out'), (910,'inet_in'), (911,'inet_out'), (1044,'bpcharin'), (1045,'bpcharout'), (1046,'varcharin'), (1047,'varcharout'), (1084,'date_in'),
(1085,'date_out'), (1143,'time_in'), (1144,'time_out'), (1150,'timestamptz_in'), (1151,'timestamptz_out'), (1160,'interval_in'),
(1161,'interval_out'), (1242,'boolin'), (1243,'boolout'), (1244,'byteain'), (1245,'charin'), (1267,'cidr_in'), (1312,'timestamp_in'),
(1313,'timestamp_out'), (1350,'timetz_in'), (1351,'timetz_out'), (1427,'cidr_out'), (1564,'bit_in'), (1565,'bit_out'), (1579,'varbit_in'),
(1580,'varbit_out'), (1701,'numeric_in'), (1702,'numeric_out'), (1798,'oidin'), (1799,'oidout'), (2212,'regprocedurein'), (2213,'regprocedureout'),
(2214,'regoperin'), (2215,'regoperout'), (2218,'regclassin'), (2219,'regclassout'), (2220,'regtypein'), (2221,'regtypeout'), (2290,'record_in'),
(2291,'record_out'), (2292,'cstring_in'), (2293,'cstring_out'), (2294,'any_in'), (2295,'any_out'), (2296,'anyarray_in'), (2297,'anyarray_out'),
(2298,'void_in'), (2299,'void_out'), (2300,'trigger_in'), (2301,'trigger_out'), (2400,'array_recv'), (2401,'array_send'), (2402,'record_recv'),
(2403,'record_send'), (2404,'int2recv'), (2405,'int2send'), (2406,'int4recv'), (2407,'int4send'), (2408,'int8recv'), (2409,'int8send'),
(2410,'int2vectorrecv'), (2411,'int2vectorsend'), (2412,'bytearecv'), (2413,'byteasend'), (2414,'textrecv'), (2415,'textsend'), (2416,'unknownrecv'),
(2417,'unknownsend'), (2418,'oidrecv'), (2419,'oidsend'), (2420,'oidvectorrecv'), (2421,'oidvectorsend'), (2422,'namerecv'), (2423,'namesend'),
(2424,'float4recv'), (2425,'float4send'), (2426,'float8recv'), (2427,'float8send'), (2430,'bpcharrecv'), (2431,'bpcharsend'), (2432,'varcharrecv'),
(2433,'varcharsend'), (2434,'charrecv'), (2435,'charsend'), (2436,'boolrecv'), (2437,'boolsend'), (2440,'xidrecv'), (2441,'xidsend'),
(2444,'regprocrecv'), (2445,'regprocsend'), (2446,'regprocedurerecv'), (2447,'regproceduresend'), (2448,'regoperrecv'), (2449,'regopersend'),
(2452,'regclassrecv'), (2453,'regclasssend'), (2454,'regtyperecv'), (2455,'regtypesend'), (2456,'bit_recv'), (2457,'bit_send'), (2458,'varbit_recv'),
(2459,'varbit_send'), (2460,'numeric_recv'), (2461,'numeric_send'), (2468,'date_recv'), (2469,'date_send'), (2470,'time_recv'), (2471,'time_send'),
(2472,'timetz_recv'), (2473,'timetz_send'), (2474,'timestamp_recv'), (2475,'timestamp_send'), (2476,'timestamptz_recv'), (2477,'timestamptz_send'),
(2478,'interval_recv'), (2479,'interval_send'), (2492,'cash_recv'), (2493,'cash_send'), (2496,'inet_recv'), (2497,'inet_send'), (2498,'cidr_recv'),
(2499,'cidr_send'), (2500,'cstring_recv'), (2501,'cstring_send'), (2502,'anyarray_recv'), (2503,'anyarray_send'), (2893,'xml_in'), (2894,'xml_out'),
(2898,'xml_recv'), (2899,'xml_send'), (2952,'uuid_in'), (2953,'uuid_out'), (2961,'uuid_recv'), (2962,'uuid_send'), (3120,'void_recv'),
(3121,'void_send'), (3803,'jsonb_send'), (3804,'jsonb_out'), (3805,'jsonb_recv'), (3806,'jsonb_in'), (4084,'regnamespacein'),
(4085,'regnamespaceout'), (4087,'regnamespacerecv'), (4088,'regnamespacesend'), (4092,'regroleout'), (4094,'regrolerecv'), (4095,'regrolesend'),
(4098,'regrolein')) known(oid, proname);

INSERT INTO pg_namespace VALUES (11, 'pg_catalog', 10, []), (99, 'pg_toast', 10, []), (13000, 'information_schema', 10, []), (2200, 'public', 10, []);
INSERT INTO pg_am VALUES (2, 'heap', 'heap_tableam_handler', 't'), (403, 'btree', 'bthandler', 'i');
INSERT INTO pg_language VALUES (12, 'internal', 10, false, false, 0, 0, 2246, []), (14, 'sql', 10, false, true, 0, 0, 2248, []);
INSERT INTO pg_tablespace VALUES (1663, 'pg_default', 10, [], []), (1664, 'pg_global', 10, [], []);
INSERT INTO pg_authid VALUES (10, 'admin', false, true, false, false, true, false, false, -1, NULL, NULL);
INSERT INTO pg_collation VALUES (100, 'default', 11, 10, 'd', true, -1, NULL, NULL, NULL, NULL, NULL),
  (950, 'C', 11, 10, 'c', true, -1, 'C', 'C', NULL, NULL, NULL);
INSERT INTO pg_database VALUES (5, :database, 10, 6, 'c', false, true, -1, 0, 1, 1663, 'C', 'C.UTF-8', NULL, NULL, [], NULL);

CREATE VIEW pg_roles AS SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolconnlimit,
  '********' AS rolpassword, rolvaliduntil, rolbypassrls, NULL::VARCHAR[] AS rolconfig, oid FROM pg_authid;
CREATE VIEW pg_user AS SELECT rolname AS usename, oid AS usesysid, rolcreatedb AS usecreatedb, rolsuper AS usesuper, rolreplication AS userepl,
  rolbypassrls AS usebypassrls, '********' AS passwd, rolvaliduntil AS valuntil, NULL::VARCHAR[] AS useconfig FROM pg_authid;
CREATE VIEW pg_shadow AS SELECT * FROM pg_user;
CREATE VIEW pg_group AS SELECT rolname AS groname, oid AS grosysid, []::UINTEGER[] AS grolist FROM pg_authid WHERE NOT rolcanlogin;
CREATE VIEW pg_tables AS SELECT n.nspname AS schemaname, c.relname AS tablename, 'admin' AS tableowner, NULL::VARCHAR AS tablespace,
  false AS hasindexes, false AS hasrules, false AS hastriggers, false AS rowsecurity
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p');
CREATE VIEW pg_views AS SELECT n.nspname AS schemaname, c.relname AS viewname, 'admin' AS viewowner, NULL::VARCHAR AS definition
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v';
CREATE VIEW pg_matviews AS SELECT ''::VARCHAR AS schemaname, ''::VARCHAR AS matviewname, ''::VARCHAR AS matviewowner, NULL::VARCHAR AS tablespace,
  false AS hasindexes, true AS ispopulated, ''::VARCHAR AS definition WHERE false;
CREATE VIEW pg_indexes AS SELECT ''::VARCHAR AS schemaname, ''::VARCHAR AS tablename, ''::VARCHAR AS indexname, NULL::VARCHAR AS tablespace,
  ''::VARCHAR AS indexdef WHERE false;
CREATE VIEW pg_sequences AS SELECT ''::VARCHAR AS schemaname, ''::VARCHAR AS sequencename, ''::VARCHAR AS sequenceowner, 0::UINTEGER AS data_type,
  0::BIGINT AS start_value, 0::BIGINT AS min_value, 0::BIGINT AS max_value, 0::BIGINT AS increment_by, false AS cycle, 0::BIGINT AS cache_size,
  NULL::BIGINT AS last_value WHERE false;
CREATE VIEW pg_rules AS SELECT ''::VARCHAR AS schemaname, ''::VARCHAR AS tablename, ''::VARCHAR AS rulename, ''::VARCHAR AS definition WHERE false;
CREATE VIEW pg_policies AS SELECT ''::VARCHAR AS schemaname, ''::VARCHAR AS tablename, ''::VARCHAR AS policyname, ''::VARCHAR AS permissive,
  []::VARCHAR[] AS roles, ''::VARCHAR AS cmd, ''::VARCHAR AS qual, ''::VARCHAR AS with_check WHERE false;
CREATE VIEW pg_stats AS SELECT ''::VARCHAR AS schemaname, ''::VARCHAR AS tablename, ''::VARCHAR AS attname, 0::FLOAT AS null_frac,
  0::INTEGER AS avg_width, 0::FLOAT AS n_distinct WHERE false;
CREATE VIEW pg_locks AS SELECT ''::VARCHAR AS locktype, 0::UINTEGER AS database, 0::UINTEGER AS relation, 0::INTEGER AS pid, ''::VARCHAR AS mode,
  true AS granted, 0::UINTEGER AS transactionid, ''::VARCHAR AS virtualtransaction WHERE false;
CREATE VIEW pg_stat_activity AS SELECT 5::UINTEGER AS datid, :database AS datname, 0::INTEGER AS pid, 10::UINTEGER AS usesysid, ''::VARCHAR AS usename,
  ''::VARCHAR AS application_name, NULL::VARCHAR AS client_addr, NULL::VARCHAR AS client_hostname, NULL::INTEGER AS client_port,
  NULL::TIMESTAMPTZ AS backend_start, NULL::TIMESTAMPTZ AS xact_start, NULL::TIMESTAMPTZ AS query_start, NULL::TIMESTAMPTZ AS state_change,
  NULL::VARCHAR AS wait_event_type, NULL::VARCHAR AS wait_event, ''::VARCHAR AS state, ''::VARCHAR AS query, ''::VARCHAR AS backend_type WHERE false;
CREATE VIEW pg_stat_user_tables AS SELECT c.oid AS relid, n.nspname AS schemaname, c.relname AS relname, 0::BIGINT AS seq_scan,
  c.reltuples::BIGINT AS n_live_tup, 0::BIGINT AS n_dead_tup, NULL::TIMESTAMPTZ AS last_vacuum, NULL::TIMESTAMPTZ AS last_autovacuum,
  NULL::TIMESTAMPTZ AS last_analyze, NULL::TIMESTAMPTZ AS last_autoanalyze
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.oid >= 16384;
CREATE VIEW pg_stat_all_tables AS SELECT * FROM pg_stat_user_tables;
CREATE VIEW pg_statio_user_tables AS SELECT relid, schemaname, relname FROM pg_stat_user_tables;
CREATE VIEW pg_stat_database AS SELECT 5::UINTEGER AS datid, :database AS datname, 0::INTEGER AS numbackends, 0::BIGINT AS xact_commit,
  0::BIGINT AS xact_rollback, 0::BIGINT AS blks_read, 0::BIGINT AS blks_hit;
CREATE VIEW pg_available_extensions AS SELECT ''::VARCHAR AS name, ''::VARCHAR AS default_version, ''::VARCHAR AS installed_version,
  ''::VARCHAR AS comment WHERE false;
CREATE VIEW pg_timezone_names AS SELECT name, abbrev, utc_offset, is_dst FROM pg_timezone_names();
CREATE VIEW pg_prepared_statements AS SELECT ''::VARCHAR AS name, ''::VARCHAR AS statement WHERE false;
CREATE VIEW pg_cursors AS SELECT ''::VARCHAR AS name, ''::VARCHAR AS statement, false AS is_holdable, false AS is_binary, false AS is_scrollable WHERE false;
CREATE VIEW pg_seclabels AS SELECT 0::UINTEGER AS objoid, 0::UINTEGER AS classoid, 0::INTEGER AS objsubid, ''::VARCHAR AS objtype,
  0::UINTEGER AS objnamespace, ''::VARCHAR AS objname, ''::VARCHAR AS provider, ''::VARCHAR AS label WHERE false;
CREATE TABLE pg_settings(name VARCHAR, setting VARCHAR, unit VARCHAR, category VARCHAR, short_desc VARCHAR, extra_desc VARCHAR, context VARCHAR,
  vartype VARCHAR, source VARCHAR, min_val VARCHAR, max_val VARCHAR, enumvals VARCHAR[], boot_val VARCHAR, reset_val VARCHAR, sourcefile VARCHAR,
  sourceline INTEGER, pending_restart BOOLEAN);

-- Names in macros are unlike those of queries that call them: a query's own names would be taken for them, or they for its.
CREATE TABLE towpath_types AS SELECT oid AS towpath_oid, CASE WHEN typcategory = 'A' AND typname LIKE '\_%' ESCAPE '\' THEN typelem ELSE oid END AS element,
  towpath_oid <> element AS is_array FROM pg_type;
CREATE TABLE towpath_names AS SELECT towpath_oid, typname AS short, CASE typname WHEN 'bool' THEN 'boolean' WHEN 'int2' THEN 'smallint' WHEN 'int4' THEN 'integer'
  WHEN 'int8' THEN 'bigint' WHEN 'float4' THEN 'real' WHEN 'float8' THEN 'double precision' WHEN 'varchar' THEN 'character varying'
  WHEN 'bpchar' THEN 'character' WHEN 'char' THEN '"char"' WHEN 'varbit' THEN 'bit varying' WHEN 'timestamp' THEN 'timestamp without time zone'
  WHEN 'timestamptz' THEN 'timestamp with time zone' WHEN 'time' THEN 'time without time zone' WHEN 'timetz' THEN 'time with time zone'
  ELSE typname END AS long, is_array FROM towpath_types JOIN pg_type ON pg_type.oid = element;
CREATE MACRO towpath_last(towpath_a) AS replace(string_split(towpath_a, '.')[-1], '"', '');
CREATE MACRO towpath_schema(towpath_a) AS CASE WHEN contains(towpath_a, '.') THEN replace(string_split(towpath_a, '.')[-2], '"', '') END;
CREATE MACRO towpath_regclass_oid(towpath_a) AS coalesce(try_cast(towpath_a AS UINTEGER), (SELECT min(towpath_c.oid) FROM pg_class towpath_c
  JOIN pg_namespace towpath_n ON towpath_n.oid = towpath_c.relnamespace WHERE towpath_c.relname = towpath_last(towpath_a)
  AND coalesce(towpath_n.nspname = towpath_schema(towpath_a), true)));
CREATE MACRO towpath_regclass_name(towpath_a) AS (SELECT any_value(CASE WHEN towpath_n.oid = 11 THEN towpath_c.relname
  ELSE towpath_n.nspname || '.' || towpath_c.relname END) FROM pg_class towpath_c JOIN pg_namespace towpath_n ON towpath_n.oid = towpath_c.relnamespace
  WHERE towpath_c.oid = try_cast(towpath_a AS UINTEGER));
CREATE MACRO towpath_regproc_oid(towpath_a) AS coalesce(try_cast(towpath_a AS UINTEGER),
  (SELECT min(towpath_p.oid) FROM pg_proc towpath_p WHERE towpath_p.proname = towpath_last(towpath_a)), 0);
CREATE MACRO towpath_regproc_name(towpath_a) AS coalesce((SELECT any_value(towpath_p.proname) FROM pg_proc towpath_p
  WHERE towpath_p.oid = try_cast(towpath_a AS UINTEGER)), '-');
CREATE MACRO towpath_regtype_oid(towpath_a) AS coalesce(try_cast(towpath_a AS UINTEGER), (SELECT min(towpath_t.towpath_oid) FROM towpath_names towpath_t
  WHERE (towpath_t.is_array = (towpath_a LIKE '%[]')) AND lower(replace(towpath_last(towpath_a), '[]', '')) IN (towpath_t.short, towpath_t.long)));
CREATE MACRO format_type(towpath_a, towpath_b) AS CASE WHEN towpath_a IS NULL THEN NULL ELSE coalesce((SELECT any_value(towpath_t.long
  || CASE WHEN towpath_t.short = 'numeric' AND towpath_b >= 4
    THEN '(' || ((towpath_b - 4) // 65536)::VARCHAR || ',' || ((towpath_b - 4) % 65536)::VARCHAR || ')' ELSE '' END
  || CASE WHEN towpath_t.is_array THEN '[]' ELSE '' END) FROM towpath_names towpath_t WHERE towpath_t.towpath_oid = towpath_a), '???') END;
CREATE MACRO towpath_regtype_name(towpath_a) AS format_type(try_cast(towpath_a AS UINTEGER), NULL);
CREATE MACRO to_regclass(towpath_a) AS towpath_regclass_oid(towpath_a);
CREATE MACRO to_regtype(towpath_a) AS towpath_regtype_oid(towpath_a);
CREATE MACRO pg_get_userbyid(towpath_a) AS coalesce((SELECT any_value(towpath_r.rolname) FROM pg_authid towpath_r WHERE towpath_r.oid = towpath_a),
  'unknown (OID=' || towpath_a::VARCHAR || ')');
CREATE MACRO current_schemas(implicit) AS CASE WHEN implicit THEN ['pg_catalog', 'public'] ELSE ['public'] END;
CREATE MACRO pg_table_is_visible(towpath_a) AS NOT EXISTS (SELECT 1 FROM pg_class towpath_c WHERE towpath_c.oid = towpath_a AND towpath_c.relnamespace = 13000);
CREATE MACRO pg_type_is_visible(id) AS true;
CREATE MACRO pg_function_is_visible(id) AS true;
CREATE MACRO pg_operator_is_visible(id) AS true;
CREATE MACRO pg_opclass_is_visible(id) AS true;
CREATE MACRO pg_collation_is_visible(id) AS true;
CREATE MACRO pg_conversion_is_visible(id) AS true;
CREATE MACRO pg_statistics_obj_is_visible(id) AS true;
CREATE MACRO pg_ts_config_is_visible(id) AS true;
CREATE MACRO pg_ts_dict_is_visible(id) AS true;
CREATE MACRO pg_get_expr(tree, relation) AS tree::VARCHAR, (tree, relation, pretty) AS tree::VARCHAR;
CREATE MACRO pg_get_viewdef(id) AS NULL::VARCHAR, (id, pretty) AS NULL::VARCHAR;
CREATE MACRO pg_get_indexdef(id) AS NULL::VARCHAR, (id, position, pretty) AS NULL::VARCHAR;
CREATE MACRO pg_get_constraintdef(id) AS NULL::VARCHAR, (id, pretty) AS NULL::VARCHAR;
CREATE MACRO pg_get_ruledef(id) AS NULL::VARCHAR, (id, pretty) AS NULL::VARCHAR;
CREATE MACRO pg_get_triggerdef(id) AS NULL::VARCHAR, (id, pretty) AS NULL::VARCHAR;
CREATE MACRO pg_get_functiondef(id) AS NULL::VARCHAR;
CREATE MACRO pg_get_function_arguments(id) AS ''::VARCHAR;
CREATE MACRO pg_get_function_identity_arguments(id) AS ''::VARCHAR;
CREATE MACRO pg_get_function_result(id) AS NULL::VARCHAR;
CREATE MACRO pg_get_function_sqlbody(id) AS NULL::VARCHAR;
CREATE MACRO pg_get_partkeydef(id) AS NULL::VARCHAR;
CREATE MACRO pg_get_statisticsobjdef(id) AS NULL::VARCHAR;
CREATE MACRO pg_get_statisticsobjdef_columns(id) AS NULL::VARCHAR;
CREATE MACRO pg_get_serial_sequence(relation, attribute) AS NULL::VARCHAR;
CREATE MACRO pg_get_partition_constraintdef(id) AS NULL::VARCHAR;
CREATE MACRO obj_description(id) AS NULL::VARCHAR, (id, relation) AS NULL::VARCHAR;
CREATE MACRO col_description(id, position) AS NULL::VARCHAR;
CREATE MACRO shobj_description(id, relation) AS NULL::VARCHAR;
CREATE MACRO towpath_reads(privilege) AS upper(privilege) LIKE '%SELECT%' OR upper(privilege) LIKE '%USAGE%' OR upper(privilege) LIKE '%CONNECT%'
  OR upper(privilege) LIKE '%EXECUTE%';
CREATE MACRO has_table_privilege(relation, privilege) AS towpath_reads(privilege), (role, relation, privilege) AS towpath_reads(privilege);
CREATE MACRO has_any_column_privilege(relation, privilege) AS towpath_reads(privilege), (role, relation, privilege) AS towpath_reads(privilege);
CREATE MACRO has_column_privilege(relation, attribute, privilege) AS towpath_reads(privilege),
  (role, relation, attribute, privilege) AS towpath_reads(privilege);
CREATE MACRO has_schema_privilege(namespace, privilege) AS towpath_reads(privilege), (role, namespace, privilege) AS towpath_reads(privilege);
CREATE MACRO has_database_privilege(base, privilege) AS towpath_reads(privilege), (role, base, privilege) AS towpath_reads(privilege);
CREATE MACRO has_function_privilege(routine, privilege) AS towpath_reads(privilege), (role, routine, privilege) AS towpath_reads(privilege);
CREATE MACRO has_sequence_privilege(relation, privilege) AS false, (role, relation, privilege) AS false;
CREATE MACRO has_tablespace_privilege(space, privilege) AS false, (role, space, privilege) AS false;
CREATE MACRO pg_has_role(role, privilege) AS true, (member, role, privilege) AS true;
CREATE MACRO pg_relation_size(id) AS 0::BIGINT, (id, fork) AS 0::BIGINT;
CREATE MACRO pg_table_size(id) AS 0::BIGINT;
CREATE MACRO pg_indexes_size(id) AS 0::BIGINT;
CREATE MACRO pg_total_relation_size(id) AS 0::BIGINT;
CREATE MACRO pg_database_size(id) AS 0::BIGINT;
CREATE MACRO pg_tablespace_size(id) AS 0::BIGINT;
CREATE MACRO pg_size_pretty(size) AS size::VARCHAR || ' bytes';
CREATE MACRO pg_tablespace_location(id) AS '';
CREATE MACRO pg_encoding_to_char(encoding) AS CASE encoding WHEN 6 THEN 'UTF8' WHEN 0 THEN 'SQL_ASCII' ELSE '' END;
CREATE MACRO pg_char_to_encoding(name) AS CASE upper(name) WHEN 'UTF8' THEN 6 WHEN 'SQL_ASCII' THEN 0 ELSE -1 END;
CREATE MACRO pg_client_encoding() AS 'UTF8';
CREATE MACRO getdatabaseencoding() AS 'UTF8';
CREATE MACRO current_setting(towpath_a) AS (SELECT any_value(towpath_s.setting) FROM pg_settings towpath_s WHERE lower(towpath_s.name) = lower(towpath_a)),
  (towpath_a, towpath_b) AS (SELECT any_value(towpath_s.setting) FROM pg_settings towpath_s WHERE lower(towpath_s.name) = lower(towpath_a));
CREATE MACRO array_remove(towpath_a, towpath_b) AS list_filter(towpath_a, lambda towpath_e: towpath_e IS DISTINCT FROM towpath_b);
CREATE MACRO pg_is_in_recovery() AS false;
CREATE MACRO pg_is_other_temp_schema(id) AS false;
CREATE MACRO pg_my_temp_schema() AS 0::UINTEGER;
CREATE MACRO pg_postmaster_start_time() AS now();
CREATE MACRO pg_conf_load_time() AS now();
CREATE MACRO pg_relation_is_publishable(id) AS false;
CREATE MACRO pg_relation_filenode(id) AS NULL::UINTEGER;
CREATE MACRO pg_column_is_updatable(id, position, triggers) AS false;
CREATE MACRO pg_relation_is_updatable(id, triggers) AS 0;
CREATE MACRO pg_index_column_has_property(id, position, property) AS false;
CREATE MACRO pg_collation_for(value) AS NULL::VARCHAR;
CREATE MACRO pg_advisory_lock(key) AS NULL::VARCHAR, (first, second) AS NULL::VARCHAR;
CREATE MACRO pg_try_advisory_lock(key) AS true, (first, second) AS true;
CREATE MACRO pg_advisory_unlock(key) AS true, (first, second) AS true;
CREATE MACRO pg_advisory_unlock_all() AS NULL::VARCHAR;
CREATE MACRO pg_stat_get_numscans(id) AS 0::BIGINT;
CREATE MACRO pg_stat_get_live_tuples(id) AS 0::BIGINT;
CREATE MACRO pg_current_xact_id() AS 1::BIGINT;
CREATE MACRO txid_current() AS 1::BIGINT;
CREATE MACRO inet_server_addr() AS NULL::VARCHAR;
CREATE MACRO inet_server_port() AS NULL::INTEGER;
CREATE MACRO inet_client_addr() AS NULL::VARCHAR;
CREATE MACRO inet_client_port() AS NULL::INTEGER;
CREATE MACRO array_upper(list, dimension) AS CASE WHEN len(list) > 0 THEN len(list)::INTEGER END;
CREATE MACRO array_lower(list, dimension) AS CASE WHEN len(list) > 0 THEN 1 END;
CREATE MACRO quote_ident(name) AS CASE WHEN regexp_full_match(name, '[a-z_][a-z0-9_]*') THEN name ELSE '"' || replace(name, '"', '""') || '"' END;
CREATE MACRO quote_literal(value) AS '''' || replace(value::VARCHAR, '''', '''''') || '''';
CREATE MACRO pg_options_to_table(options) AS TABLE SELECT ''::VARCHAR AS option_name, ''::VARCHAR AS option_value WHERE false;
CREATE MACRO aclexplode(acl) AS TABLE SELECT 0::UINTEGER AS grantor, 0::UINTEGER AS grantee, ''::VARCHAR AS privilege_type, false AS is_grantable WHERE false;
CREATE MACRO pg_get_keywords() AS TABLE SELECT ''::VARCHAR AS word, 'U' AS catcode, ''::VARCHAR AS catdesc WHERE false;
CREATE MACRO pg_listening_channels() AS TABLE SELECT ''::VARCHAR AS channel WHERE false;
CREATE MACRO pg_show_all_settings() AS TABLE SELECT * FROM pg_settings;
CREATE MACRO pg_partition_tree(id) AS TABLE SELECT 0::UINTEGER AS relid, 0::UINTEGER AS parentrelid, true AS isleaf, 0 AS level WHERE false;
CREATE MACRO pg_partition_ancestors(id) AS TABLE SELECT 0::UINTEGER AS relid WHERE false;
CREATE MACRO pg_get_publication_tables(name) AS TABLE SELECT 0::UINTEGER AS relid WHERE false;
CREATE MACRO towpath_part(towpath_f, towpath_i) AS coalesce(string_split(towpath_f, '%s')[towpath_i], '');
CREATE MACRO format(towpath_f) AS towpath_f,
  (towpath_f, towpath_a) AS concat(towpath_part(towpath_f, 1), towpath_a, towpath_part(towpath_f, 2)),
  (towpath_f, towpath_a, towpath_b) AS concat(towpath_part(towpath_f, 1), towpath_a, towpath_part(towpath_f, 2), towpath_b,
    towpath_part(towpath_f, 3)),
  (towpath_f, towpath_a, towpath_b, towpath_c) AS concat(towpath_part(towpath_f, 1), towpath_a, towpath_part(towpath_f, 2), towpath_b,
    towpath_part(towpath_f, 3), towpath_c, towpath_part(towpath_f, 4));
-- A text in the place of each letter of another makes much of little, and no cancel is heard meanwhile. The look stands in the
-- place of a value, since constants are worked out from the inside.
CREATE MACRO replace(towpath_a, towpath_b, towpath_c) AS system.main.replace(towpath_a, towpath_b,
  CASE WHEN strlen(towpath_a) * greatest(strlen(towpath_c), 1) / greatest(strlen(towpath_b), 1) > 1000000
  THEN error('replace() would make a value of more than 1000000 bytes') ELSE towpath_c END);
CREATE MACRO regexp_replace(towpath_a, towpath_b, towpath_c) AS system.main.regexp_replace(towpath_a, towpath_b,
    CASE WHEN strlen(towpath_a) * greatest(strlen(towpath_c), 1) > 1000000
    THEN error('regexp_replace() would make a value of more than 1000000 bytes') ELSE towpath_c END),
  (towpath_a, towpath_b, towpath_c, towpath_d) AS system.main.regexp_replace(towpath_a, towpath_b,
    CASE WHEN strlen(towpath_a) * greatest(strlen(towpath_c), 1) > 1000000
    THEN error('regexp_replace() would make a value of more than 1000000 bytes') ELSE towpath_c END, towpath_d);
