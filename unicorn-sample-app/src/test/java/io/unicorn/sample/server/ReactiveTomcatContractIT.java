package io.unicorn.sample.server;

import io.unicorn.sample.testsupport.Alone;
import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;

/**
 * Tests a pool of a reactive application on Tomcat.
 */
@Alone
@Nightly
@OneJdk
class ReactiveTomcatContractIT extends ServerContract {

	ReactiveTomcatContractIT() {
		super(AppJar.reactiveOnTomcat());
	}

	/**
	 * Where an upgrade is asynchronous, Tomcat ends a connection that is not to be kept
	 * instead of upgrading it.
	 */
	@Override
	boolean beginsLateWebSockets() {
		return false;
	}

}
