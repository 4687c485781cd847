package io.unicorn.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

import io.unicorn.posix.Command;

/**
 * The file by which the workers of a pool see how many connections each of them has; see
 * {@code io.unicorn.worker.ConnectionBoard}. It is in the private directory and named
 * after the master as its claims are, so it stays the same when the master is replaced in
 * place.
 */
public final class ConnectionBoardFile {

	/** The system property of a worker that names the file. */
	public static final String PROPERTY = "io.unicorn.connections";

	/** Its directory in the private one. */
	static final String DIRECTORY = "connections";

	/** 64 bytes for each of 256 workers. */
	static final int SIZE = 16 * 1024;

	private ConnectionBoardFile() {
	}

	/**
	 * Make sure that the file of this process, which is a master or becomes one, exists.
	 * @param workDir the private directory
	 * @return its path
	 * @throws IOException if there is no space for it
	 */
	public static Path create(WorkDir workDir) throws IOException {
		String name = new ProcessTable().identity((int) ProcessHandle.current().pid());
		Path file = workDir.directory(DIRECTORY).resolve(name);
		try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
				WorkDir.PRIVATE_FILE)) {
			if (channel.size() < SIZE) {
				// Written, not only made long: a page that finds no space on the disk
				// later would end whoever touches it.
				ByteBuffer zeros = ByteBuffer.allocate(SIZE);
				while (zeros.hasRemaining()) {
					channel.write(zeros, zeros.position());
				}
			}
			return file;
		}
		catch (IOException ex) {
			Files.deleteIfExists(file);
			throw ex;
		}
	}

	/**
	 * Return the flag that tells a worker of the file, in byte form.
	 */
	public static String flag(Path file) {
		return "-D" + PROPERTY + "=" + Command.bytes(file);
	}

}
