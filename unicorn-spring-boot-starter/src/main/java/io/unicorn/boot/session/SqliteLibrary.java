package io.unicorn.boot.session;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * The native library of SQLite. Its driver would extract one for each process into the
 * directory of temporary files, and those of killed processes would stay there. All
 * workers load one file instead.
 */
final class SqliteLibrary {

	private static final String PATH_PROPERTY = "org.sqlite.lib.path";

	private static final String NAME_PROPERTY = "org.sqlite.lib.name";

	private SqliteLibrary() {
	}

	/**
	 * Extract the library if it is not there yet, and have the driver load it from there.
	 * Only one process may do this at a time.
	 * @param parent where the directory of the library is
	 */
	static void extract(Path parent) throws IOException {
		if (System.getProperty(PATH_PROPERTY) != null) {
			return;
		}
		String name = LibraryLoaderUtil.getNativeLibName();
		Path directory = Files.createDirectories(parent.resolve("native-" + SQLiteJDBCLoader.getVersion()),
				SqliteStore.PRIVATE_DIRECTORY);
		Path file = directory.resolve(name);
		if (!Files.exists(file)) {
			try (InputStream in = SQLiteJDBCLoader.class
				.getResourceAsStream(LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name)) {
				if (in == null) {
					return;
				}
				Path part = directory.resolve(name + ".part");
				Files.deleteIfExists(part);
				Files.createFile(part, SqliteStore.PRIVATE_FILE);
				try (OutputStream out = Files.newOutputStream(part)) {
					in.transferTo(out);
				}
				Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
			}
		}
		System.setProperty(PATH_PROPERTY, directory.toString());
		System.setProperty(NAME_PROPERTY, name);
	}

}
