package io.unicorn.library;

import java.util.List;

import org.springframework.boot.CommandLineRunner;
import org.springframework.core.annotation.Order;

/**
 * A runner that does not belong to the application.
 */
@Order(5)
public final class RunnerOfLibrary implements CommandLineRunner {

	private final List<String> runs;

	/**
	 * Create.
	 * @param runs where it notes that it has run
	 */
	public RunnerOfLibrary(List<String> runs) {
		this.runs = runs;
	}

	@Override
	public void run(String... arguments) {
		this.runs.add("library");
	}

}
