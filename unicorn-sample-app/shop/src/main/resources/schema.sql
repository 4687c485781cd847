create table if not exists product(name varchar(100) not null);
create table if not exists tick(number bigint not null);
