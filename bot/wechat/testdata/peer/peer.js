// Encrypts callbacks and reads replies with two independent libraries, one
// job per line of standard input, one result per line of standard output.
//
//   {"do":"encrypt","by":"wechat-crypto"|"@wecom/crypto","token","key","appid","message","timestamp","nonce"}
//     → {"encrypt","signature"}
//   {"do":"decrypt","by":…,"token","key","appid","encrypt","timestamp","nonce"}
//     → {"message","id","signature"}
'use strict';

// wechat-crypto calls the Buffer constructor that Node has deprecated.
process.noDeprecation = true;

const readline = require('node:readline');
const WechatCrypto = require('wechat-crypto');
const wecom = require('@wecom/crypto');

const peers = {
  'wechat-crypto': {
    encrypt: (j) => new WechatCrypto(j.token, j.key, j.appid).encrypt(j.message),
    decrypt: (j) => new WechatCrypto(j.token, j.key, j.appid).decrypt(j.encrypt),
    sign: (j, encrypt) => new WechatCrypto(j.token, j.key, j.appid).getSignature(j.timestamp, j.nonce, encrypt),
  },
  '@wecom/crypto': {
    encrypt: (j) => wecom.encrypt(j.key, j.message, j.appid),
    decrypt: (j) => wecom.decrypt(j.key, j.encrypt),
    sign: (j, encrypt) => wecom.getSignature(j.token, j.timestamp, j.nonce, encrypt),
  },
};

function run(job) {
  const peer = peers[job.by];
  if (job.do === 'encrypt') {
    const encrypt = peer.encrypt(job);
    return { encrypt, signature: peer.sign(job, encrypt) };
  }
  const { message, id } = peer.decrypt(job);
  return { message, id, signature: peer.sign(job, job.encrypt) };
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  let result;
  try {
    result = run(JSON.parse(line));
  } catch (e) {
    result = { error: String(e) };
  }
  process.stdout.write(JSON.stringify(result) + '\n');
});
