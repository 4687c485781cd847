package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Shows what decides on who can replace a file. Tests have one of their own, because only
 * root can make files of other users.
 */
interface PathView {

	/**
	 * What the kernel says of a file, without following a link.
	 *
	 * @param owner number of the user that owns it
	 * @param group number of the group
	 * @param mode type and permissions, as {@code st_mode}
	 * @param device number of the file system
	 * @param link where it points to, or {@code null} if it is no symbolic link
	 */
	record Entry(int owner, int group, int mode, long device, @Nullable Path link) {

	}

	/**
	 * Look at a file.
	 * @throws java.nio.file.NoSuchFileException if it does not exist
	 */
	Entry read(Path path) throws IOException;

	/** Return the number of the user that this process acts as. */
	int user();

	/** Whether a group has no member but the user of this process. */
	boolean isPrivate(int group);

	/** Whether this process runs in a container, so that a mount is a volume of it. */
	boolean isContainer();

}
