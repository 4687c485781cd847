package io.unicorn.boot.cli;

import io.unicorn.cli.CommandLine;

import org.springframework.boot.loader.jarmode.JarMode;

/**
 * Runs a command instead of the application if the jar is started with
 * {@code -Djarmode=unicorn}. Spring Boot's launcher finds this class in
 * {@code spring.factories}; there is no context and no environment.
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
			// The launcher itself can only exit with 1, after a stack trace.
			System.exit(status);
		}
	}

}
