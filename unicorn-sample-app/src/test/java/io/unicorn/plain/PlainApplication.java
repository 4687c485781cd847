package io.unicorn.plain;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/**
 * An application without the starter. Its package is separate, so that component scans of
 * the sample do not find it.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
public class PlainApplication {

	/**
	 * Start the application.
	 * @param args the program arguments
	 */
	public static void main(String[] args) {
		SpringApplication.run(PlainApplication.class, args);
	}

}
