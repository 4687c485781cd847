package io.unicorn.reactive;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Starts the reactive sample, an ordinary WebFlux application without code for the pool.
 * A test may add classes of its own package to the jar.
 */
@SpringBootApplication(scanBasePackages = { "io.unicorn.reactive", "io.unicorn.sample.server" })
public class ReactiveApplication {

	/**
	 * Start the application.
	 * @param args the program arguments
	 */
	public static void main(String[] args) {
		SpringApplication.run(ReactiveApplication.class, args);
	}

}
