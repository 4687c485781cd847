package io.unicorn.sample.lifecycle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import io.unicorn.boot.OncePerPool;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Has runners, which write their names into a file of all workers.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("runners.file")
class StartRunners {

	private final Path file;

	StartRunners(@Value("${runners.file}") Path file) {
		this.file = file;
	}

	@Bean
	@OncePerPool
	CommandLineRunner once() {
		return (arguments) -> Files.writeString(this.file, "once\n", StandardOpenOption.CREATE,
				StandardOpenOption.APPEND);
	}

	@Bean
	ApplicationRunner each() {
		return (arguments) -> Files.writeString(this.file, "each\n", StandardOpenOption.CREATE,
				StandardOpenOption.APPEND);
	}

}
