package io.unicorn.sample.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import io.unicorn.sample.testsupport.pool.RunningPool;

/**
 * The application's jar as a directory.
 */
public final class Unpacked {

	private Unpacked() {
	}

	public static void into(Path directory) throws IOException {
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
