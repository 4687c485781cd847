package io.unicorn.master.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A heap dump that a process writes.
 *
 * @param file its file, empty if there is none
 * @param sizeBytes the size of the file, or of all files if the JVM writes several parts
 * at once
 */
record HeapDump(String file, long sizeBytes) {

	private static final HeapDump NONE = new HeapDump("", 0);

	/** Also in the names of the parts and of a compressed file. */
	private static final String NAME = ".hprof";

	/** How a heap dump begins, whatever its name is. */
	private static final String HEADER = "JAVA PROFILE";

	/**
	 * Return the heap dump that a process writes now.
	 * @param proc where the files of processes are, usually {@code /proc}
	 */
	static HeapDump of(int pid, Path proc) {
		HeapDump found = NONE;
		for (WrittenDescriptor descriptor : WrittenDescriptor.of(pid, proc)) {
			HeapDump next = of(descriptor);
			found = new HeapDump(next.file().isEmpty() ? found.file() : next.file(),
					found.sizeBytes() + next.sizeBytes());
		}
		return found;
	}

	private static HeapDump of(WrittenDescriptor descriptor) {
		Path link = descriptor.link();
		try {
			boolean dump = Files.isRegularFile(link) && (descriptor.target().contains(NAME) || hasHeader(link));
			return dump ? new HeapDump(descriptor.target(), Files.size(link)) : NONE;
		}
		catch (IOException ex) {
			// The descriptor was closed meanwhile, or its file must not be read.
			return NONE;
		}
	}

	private static boolean hasHeader(Path descriptor) throws IOException {
		try (InputStream in = Files.newInputStream(descriptor)) {
			return HEADER.equals(new String(in.readNBytes(HEADER.length()), StandardCharsets.US_ASCII));
		}
	}

}
