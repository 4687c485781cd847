package io.unicorn.shop;

import java.util.List;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Writes a row every two seconds.
 */
@RestController
class Ticks {

	private final JdbcTemplate database;

	Ticks(JdbcTemplate database) {
		this.database = database;
	}

	@Scheduled(cron = "*/2 * * * * *")
	void tick() {
		this.database.update("insert into tick(number) values (?)", System.currentTimeMillis() / 2000);
	}

	@GetMapping("/ticks")
	List<Long> all() {
		return this.database.queryForList("select number from tick order by number", Long.class);
	}

}
