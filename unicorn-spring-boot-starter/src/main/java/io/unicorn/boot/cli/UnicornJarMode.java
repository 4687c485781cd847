package io.unicorn.boot.cli;

import io.unicorn.cli.CommandLine;

import org.springframework.boot.loader.jarmode.JarMode;

/**
 * Runs a command instead of the application, when the jar is started with
 * {@code -Djarmode=unicorn}. Spring Boot's launcher finds it in {@code spring.factories};
 * there is neither a context nor an environment.
 */
public final class UnicornJarMode implements JarMode {

	@Override
	public boolean accepts(String mode) {
		return CommandLine.MODE.equalsIgnoreCase(mode);
	}

	@Override
	public void run(String mode, String[] args) {
		int status = new CommandLine(System.out, System.err).run(args);
		if (status != 0) {
			// The launcher knows no other failure than 1, with a stack trace.
			System.exit(status);
		}
	}

}
