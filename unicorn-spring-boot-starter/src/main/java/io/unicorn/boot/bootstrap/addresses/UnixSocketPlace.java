package io.unicorn.boot.bootstrap.addresses;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalLookupService;

import io.unicorn.launch.settings.BindAddress;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the file of a Unix socket could be made, without making it.
 */
final class UnixSocketPlace {

	private static final int FILE_TYPE = 0170000;

	private static final int SOCKET = 0140000;

	private UnixSocketPlace() {
	}

	/**
	 * Check the place of a socket.
	 * @param name name of the listener
	 * @param owner who is to own the file, as {@code chown} takes it, or an empty text
	 * @throws WebAddresses.ListenFailedException if the file cannot be there
	 */
	static void check(String name, BindAddress.Unix bind, String owner) {
		Path directory = bind.path().resolveSibling("");
		if (!Files.isDirectory(directory)) {
			throw AddressFailure.of(name, bind, "there is no directory " + directory,
					"Make that directory, in which this process has to be able to write", null);
		}
		if (!Files.isWritable(directory)) {
			throw AddressFailure.of(name, bind, "this process may not write in the directory " + directory,
					"Let this process make, rename and delete a file there", null);
		}
		if (Files.exists(bind.path(), LinkOption.NOFOLLOW_LINKS) && !isSocket(bind.path())) {
			throw AddressFailure.of(name, bind, "the file exists and is no socket", "Remove that file", null);
		}
		int colon = owner.indexOf(':');
		UserPrincipalLookupService names = bind.path().getFileSystem().getUserPrincipalLookupService();
		find((colon < 0) ? owner : owner.substring(0, colon), names::lookupPrincipalByName, name, bind);
		find((colon < 0) ? "" : owner.substring(colon + 1), names::lookupPrincipalByGroupName, name, bind);
	}

	private static boolean isSocket(Path path) {
		try {
			return ((int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & FILE_TYPE) == SOCKET;
		}
		catch (IOException ex) {
			// Removed a moment ago.
			return true;
		}
	}

	private static void find(String principal, Lookup lookup, String name, BindAddress.Unix bind) {
		try {
			if (!principal.isEmpty()) {
				var unused = lookup.find(principal);
			}
		}
		catch (IOException ex) {
			throw AddressFailure.of(name, bind, "there is no user or group " + principal,
					"Set unicorn.unix.owner to a user and a group of this machine", ex);
		}
	}

	/**
	 * Finds a user or a group.
	 */
	@FunctionalInterface
	private interface Lookup {

		@Nullable Object find(String name) throws IOException;

	}

}
