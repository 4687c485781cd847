package io.unicorn.shop;

import java.util.List;

import io.unicorn.boot.OncePerPool;

import org.springframework.boot.CommandLineRunner;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/**
 * The products, which are in the database and in a cache. The first ones are added once.
 */
@Repository
@OncePerPool
class Products implements CommandLineRunner {

	private final JdbcTemplate database;

	Products(JdbcTemplate database) {
		this.database = database;
	}

	@Override
	public void run(String... arguments) {
		this.database.update("insert into product(name) select 'teapot' where not exists (select 1 from product)");
	}

	@Cacheable("products")
	public List<String> all() {
		return this.database.queryForList("select name from product order by name", String.class);
	}

	@CacheEvict(cacheNames = "products", allEntries = true)
	public void add(String name) {
		this.database.update("insert into product(name) values (?)", name);
	}

}
