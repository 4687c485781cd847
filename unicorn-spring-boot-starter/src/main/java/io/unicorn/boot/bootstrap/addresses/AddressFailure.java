package io.unicorn.boot.bootstrap.addresses;

import io.unicorn.launch.plan.LaunchPlan;
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
		return new WebAddresses.ListenFailedException(isOfWebServer(name) ? "The web server" : "The listener " + name,
				text(bind), reason, advice(name, bind), cause);
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
		String property = isOfApplication(name) ? "unicorn.bind" : "unicorn.listeners." + name;
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
