package io.unicorn.boot.bootstrap.addresses;

import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.settings.BindAddress;
import org.jspecify.annotations.Nullable;

/**
 * Explains why the pool cannot listen on an address, by the property that configures it.
 */
final class AddressFailure {

	private AddressFailure() {
	}

	/**
	 * Return the exception for a listener.
	 * @param name name of the listener
	 * @param reason why it cannot be opened, as a clause
	 */
	static WebAddresses.ListenFailedException of(String name, BindAddress bind, String reason,
			@Nullable Throwable cause) {
		return of(name, text(bind), reason, advice(name, bind), cause);
	}

	/**
	 * Return the exception for the listener of a Unix socket.
	 * @param reason why it cannot be opened, as a clause
	 * @param remedy what would change that, as the beginning of a sentence
	 */
	static WebAddresses.ListenFailedException of(String name, BindAddress.Unix bind, String reason, String remedy,
			@Nullable Throwable cause) {
		return of(name, text(bind), reason, remedy + ", or set " + property(name) + " to another path.", cause);
	}

	/**
	 * Return the exception for an address that the pool has already.
	 * @param given the address that the pool has, with the name of its listener
	 * @param includes whether the new address includes that one, not only the reverse
	 * @param listed whether {@code unicorn.bind} is set
	 */
	static WebAddresses.ListenFailedException overlap(ListenAddress address, ListenAddress given, boolean includes,
			boolean listed) {
		String other = given.bind() + " (" + given.name() + ")";
		String reason = (includes ? "it includes " + other : other + " includes it")
				+ ", and only one socket can have a port of an address";
		String property = property(address.name(), listed);
		String otherProperty = property(given.name(), listed);
		return of(address.name(), address.bind() + " (" + address.name() + ")", reason,
				property.equals(otherProperty) ? "Remove one of them from " + property + ", or give it another port."
						: "Set " + property + " or " + otherProperty + " to another port.",
				null);
	}

	private static WebAddresses.ListenFailedException of(String name, String address, String reason, String advice,
			@Nullable Throwable cause) {
		return new WebAddresses.ListenFailedException(isOfWebServer(name) ? "The web server" : "The listener " + name,
				address, reason, advice, cause);
	}

	private static String property(String name, boolean listed) {
		return ((isOfApplication(name) && !listed) || name.equals(LaunchPlan.MANAGEMENT))
				? WebAddresses.prefix(name) + ".port" : property(name);
	}

	private static String property(String name) {
		return isOfApplication(name) ? "unicorn.bind" : "unicorn.listeners." + name;
	}

	private static boolean isOfWebServer(String name) {
		return name.equals(LaunchPlan.MANAGEMENT) || isOfApplication(name);
	}

	private static boolean isOfApplication(String name) {
		return name.equals(LaunchPlan.HTTP) || name.startsWith(LaunchPlan.HTTP + "-");
	}

	private static String text(BindAddress bind) {
		return (bind instanceof BindAddress.Tcp tcp)
				? ((tcp.host() != null) ? tcp.host() + " " : "") + "port " + tcp.port() : bind.toString();
	}

	private static String advice(String name, BindAddress bind) {
		String property = property(name);
		if (bind instanceof BindAddress.Unix unix) {
			return "Let this process create a file in " + unix.path().getParent()
					+ " and give it the owner in unicorn.unix.owner, if that is set; or set " + property
					+ " to another path.";
		}
		if (bind instanceof BindAddress.Passed) {
			return "Start this process with a listening socket at this descriptor, or set " + property
					+ " to another address.";
		}
		if (name.equals(LaunchPlan.HTTP) || name.equals(LaunchPlan.MANAGEMENT)) {
			String prefix = WebAddresses.prefix(name);
			return "Set " + prefix + ".port to a port that this process may open, and " + prefix
					+ ".address to an address of this machine"
					+ (name.equals(LaunchPlan.HTTP) ? ", or unicorn.bind, if that is set." : ".");
		}
		return "Set " + property + " to an address of this machine with a port that this process may open.";
	}

}
