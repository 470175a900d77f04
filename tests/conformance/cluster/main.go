// A control plane of Kubernetes for tests in one program: etcd, kube-apiserver and kubectl, by the name it is called by.
//
// One program, because what the three have in common is most of them, and linking is what takes long. The two servers
// end when their standard input does, so that none outlives a test session, however that ended.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/client-go/util/keyutil"
	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func endWithInput() {
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	fmt.Fprintln(os.Stderr, "standard input has ended")
	os.Exit(1)
}

func main() {
	switch name := filepath.Base(os.Args[0]); name {
	case "etcd":
		go endWithInput()
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		go endWithInput()
		os.Exit(cli.Run(app.NewAPIServerCommand()))
	case "kubectl":
		if err := cli.RunNoErrOutput(cmd.NewDefaultKubectlCommand()); err != nil {
			util.CheckErr(err)
		}
	case "service-account-key":
		// What kube-apiserver signs the tokens of service accounts with; it makes its certificate itself.
		key, err := keyutil.MakeEllipticPrivateKeyPEM()
		if err != nil {
			panic(err)
		}
		os.Stdout.Write(key)
	default:
		fmt.Fprintf(os.Stderr, "%s: call this program etcd, kube-apiserver, kubectl or service-account-key\n", name)
		os.Exit(2)
	}
}
