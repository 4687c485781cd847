package io.unicorn.sample.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.unicorn.sample.testsupport.AppJar;

/**
 * Installs two versions of the application alternately in one file. The file is
 * overwritten in place, as {@code cp} does, so that processes that have it open see its
 * content change.
 */
final class Versions {

	private static final List<String> NAMES = List.of("blue", "green");

	private final Path jar;

	private final List<byte[]> contents = NAMES.stream().map((name) -> AppJar.version(name).bytes()).toList();

	private int current;

	/**
	 * Make two versions of the application, and install one of them.
	 * @param jar where to install them
	 */
	Versions(Path jar) throws IOException {
		this.jar = jar;
		install();
	}

	Path jar() {
		return this.jar;
	}

	/** What the installed version's {@code /whoami} contains. */
	String mark() {
		return "\"version\":\"" + NAMES.get(this.current) + "\"";
	}

	void installOther() throws IOException {
		this.current = 1 - this.current;
		install();
	}

	private void install() throws IOException {
		Files.write(this.jar, this.contents.get(this.current));
	}

}
