package io.unicorn.sample;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The application's jar as a directory.
 */
final class Unpacked {

	private Unpacked() {
	}

	static void into(Path directory) throws IOException {
		try (ZipFile zip = new ZipFile(RunningPool.builder().existingJar().toFile())) {
			List<? extends ZipEntry> files = zip.stream().filter((entry) -> !entry.isDirectory()).toList();
			for (ZipEntry entry : files) {
				Path file = directory.resolve(entry.getName());
				Files.createDirectories(file.resolveSibling("."));
				try (InputStream content = zip.getInputStream(entry)) {
					Files.copy(content, file);
				}
			}
		}
	}

}
